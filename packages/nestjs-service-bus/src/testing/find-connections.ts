import { type DynamicModule, type ForwardReference, type ModuleMetadata, type Type } from '@nestjs/common';

import { ROOT_MARK, type RootMark } from '../find-roots.js';
import { FEATURE_MARK } from '../service-bus.feature.js';

type Imported = NonNullable<ModuleMetadata['imports']>[number];

type Forward = ForwardReference<() => Type | DynamicModule>;

/** The connections of modules under test, by their names; undefined for the one without. */
export interface Connections {
  /** Those of `ServiceBusModule.forRoot` and `forRootAsync`. */
  readonly roots: Set<string | undefined>;
  /** Those that `ServiceBusModule.forFeature` and `forFeatureAsync` name. */
  readonly features: Set<string | undefined>;
}

/** Looks through these modules and those that they import. */
export async function findConnections(imports: readonly Imported[]): Promise<Connections> {
  const found: Connections = { roots: new Set(), features: new Set() };
  await look(imports, found, new Set());
  return found;
}

async function look(imports: readonly Imported[], found: Connections, seen: Set<unknown>): Promise<void> {
  for (const imported of imports) {
    const awaited = await imported;
    const module = 'forwardRef' in awaited ? (awaited as Forward).forwardRef() : awaited;
    if (seen.has(module)) continue;
    seen.add(module);
    if (typeof module === 'function') {
      await look(importsOf(module), found, seen);
      continue;
    }
    for (const provider of module.providers ?? []) {
      if (!('useValue' in provider)) continue;
      if (provider.provide === ROOT_MARK) found.roots.add((provider.useValue as RootMark).name);
      if (provider.provide === FEATURE_MARK) found.features.add(provider.useValue as string | undefined);
    }
    await look([...(module.imports ?? []), ...importsOf(module.module)], found, seen);
  }
}

/** What `@Module` says of a class. */
function importsOf(module: Type): Imported[] {
  return (Reflect.getMetadata('imports', module) as Imported[] | undefined) ?? [];
}
