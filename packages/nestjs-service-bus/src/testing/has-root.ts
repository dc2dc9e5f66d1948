import { type DynamicModule, type ForwardReference, type ModuleMetadata, type Type } from '@nestjs/common';

import { MODULE_OPTIONS_TOKEN } from '../service-bus.module-definition.js';

type Imported = NonNullable<ModuleMetadata['imports']>[number];

type Forward = ForwardReference<() => Type | DynamicModule>;

/** Whether these modules, or those that they import, import `ServiceBusModule.forRoot` or `forRootAsync`. */
export async function hasRoot(imports: readonly Imported[], seen = new Set<unknown>()): Promise<boolean> {
  for (const imported of imports) {
    const awaited = await imported;
    const module = 'forwardRef' in awaited ? (awaited as Forward).forwardRef() : awaited;
    if (seen.has(module)) continue;
    seen.add(module);
    if (await isRoot(module, seen)) return true;
  }
  return false;
}

async function isRoot(imported: Type | DynamicModule, seen: Set<unknown>): Promise<boolean> {
  if (typeof imported === 'function') return hasRoot(importsOf(imported), seen);
  const { module, imports = [], providers = [] } = imported;
  const isOurs = providers.some(
    (provider) => 'provide' in provider && provider.provide === MODULE_OPTIONS_TOKEN,
  );
  return isOurs || hasRoot([...imports, ...importsOf(module)], seen);
}

/** What `@Module` says of a class. */
function importsOf(module: Type): Imported[] {
  return (Reflect.getMetadata('imports', module) as Imported[] | undefined) ?? [];
}
