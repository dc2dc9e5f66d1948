import { type DynamicModule, type ForwardReference, type ModuleMetadata, type Type } from '@nestjs/common';

import { ROOT_MARK, type RootMark } from '../find-roots.js';
import { FEATURE_MARK } from '../service-bus.feature.js';
import { type ServiceBusModuleOptions } from '../service-bus-options.js';

type Imported = NonNullable<ModuleMetadata['imports']>[number];

type Forward = ForwardReference<() => Type | DynamicModule>;

/** The connections of modules under test, by their names; undefined for the one without. */
export interface Connections {
  /** Those of `ServiceBusModule.forRoot`, with its options, and of `forRootAsync`, which are not known. */
  readonly roots: Map<string | undefined, ServiceBusModuleOptions | undefined>;
  /** Those that `ServiceBusModule.forFeature` and `forFeatureAsync` name. */
  readonly features: Set<string | undefined>;
}

/** Looks through these modules and those that they import. */
export async function findConnections(imports: readonly Imported[]): Promise<Connections> {
  const found: Connections = { roots: new Map(), features: new Set() };
  await look(imports, found, new Set());
  return found;
}

async function look(imports: readonly Imported[], found: Connections, seen: Set<unknown>): Promise<void> {
  for (const imported of imports) {
    const awaited = (await imported) as Awaited<Imported> | undefined;
    // Nest says which module imports what is undefined.
    if (awaited === undefined) continue;
    const module = 'forwardRef' in awaited ? (awaited as Forward).forwardRef() : awaited;
    if (seen.has(module)) continue;
    seen.add(module);
    if (typeof module === 'function') {
      await look(importsOf(module), found, seen);
      continue;
    }
    const values = new Map(
      (module.providers ?? []).flatMap((provider) =>
        'useValue' in provider ? [[provider.provide, provider.useValue as unknown]] : [],
      ),
    );
    const root = values.get(ROOT_MARK) as RootMark | undefined;
    if (root)
      found.roots.set(root.name, values.get(root.optionsToken) as ServiceBusModuleOptions | undefined);
    if (values.has(FEATURE_MARK)) found.features.add(values.get(FEATURE_MARK) as string | undefined);
    await look([...(module.imports ?? []), ...importsOf(module.module)], found, seen);
  }
}

/** What `@Module` says of a class. */
function importsOf(module: Type): Imported[] {
  return (Reflect.getMetadata('imports', module) as Imported[] | undefined) ?? [];
}
