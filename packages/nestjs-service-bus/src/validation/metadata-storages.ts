import { type Type as TypeDecorator } from 'class-transformer';
import { type MetadataStorage as ValidatorStorage } from 'class-validator';

/** A constructor, by which the storages identify a class. */
export type Target = Parameters<ValidatorStorage['getTargetValidationMetadatas']>[0];

/** What `@Type` declares about a property. */
export interface TypeMetadata {
  readonly reflectedType: unknown;
  readonly typeFunction?: (options?: unknown) => unknown;
  readonly options?: { readonly discriminator?: unknown };
}

/** The part of class-transformer's storage that we use. Its typed interface does not have it. */
export interface TransformerStorage {
  findTypeMetadata(target: Target, property: string): TypeMetadata | undefined;
  getExposedMetadatas(target: Target): readonly unknown[];
  getExcludedMetadatas(target: Target): readonly unknown[];
  getStrategy(target: Target): 'none' | 'excludeAll' | 'exposeAll';
  readonly _transformMetadatas: ReadonlyMap<Target, ReadonlyMap<string, unknown>>;
  readonly _typeMetadatas: ReadonlyMap<Target, ReadonlyMap<string, unknown>>;
}

/** Where decorators store their metadata. */
export interface MetadataStorages {
  readonly validator: ValidatorStorage;
  readonly transformer: TransformerStorage;
}

/** Returns undefined if a package is missing or differs from what we expect. */
export async function loadStorages(): Promise<MetadataStorages | undefined> {
  try {
    const [{ getMetadataStorage }, { Type }, { defaultMetadataStorage }] = await Promise.all([
      import('class-validator'),
      import('class-transformer'),
      import('class-transformer/cjs/storage.js') as Promise<{ defaultMetadataStorage?: TransformerStorage }>,
    ]);
    if (!defaultMetadataStorage || !isFilledBy(Type, defaultMetadataStorage)) return undefined;
    return { validator: getMetadataStorage(), transformer: defaultMetadataStorage };
  } catch {
    return undefined;
  }
}

/** A `@Transform` was put on a property of this class itself. */
export function hasTransforms({ transformer }: MetadataStorages, type: Target): boolean {
  return transformer._transformMetadatas.has(type);
}

/** The properties of this class itself that have a `@Type`. */
export function typedProperties({ transformer }: MetadataStorages, type: Target): readonly string[] {
  return [...(transformer._typeMetadatas.get(type)?.keys() ?? [])];
}

/** A bundler, or a second copy of the package, may give us a storage that no decorator writes to. */
function isFilledBy(decorate: typeof TypeDecorator, storage: TransformerStorage): boolean {
  class Probe {}
  decorate(() => Probe)(Probe.prototype, 'probe');
  return (
    storage.findTypeMetadata(Probe, 'probe') !== undefined &&
    storage.getExposedMetadatas(Probe).length === 0 &&
    storage.getExcludedMetadatas(Probe).length === 0 &&
    storage.getStrategy(Probe) === 'none' &&
    !storage._transformMetadatas.has(Probe) &&
    storage._typeMetadatas.has(Probe)
  );
}
