import { type MetadataStorage as ValidatorStorage } from 'class-validator';

/** A constructor, as the storages name their classes. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type
export type Target = Function;

/** What `@Type` says of a property. */
export interface TypeMetadata {
  readonly reflectedType: unknown;
  readonly typeFunction?: (options?: unknown) => unknown;
  readonly options?: { readonly discriminator?: unknown };
}

/** class-transformer's storage, as far as we look at it; it is no part of its typed interface. */
export interface TransformerStorage {
  findTypeMetadata(target: Target, property: string): TypeMetadata | undefined;
  findTransformMetadatas(target: Target, property: string, type: number): readonly unknown[];
  getExposedMetadatas(target: Target): readonly unknown[];
  getExcludedMetadatas(target: Target): readonly unknown[];
  getStrategy(target: Target): 'none' | 'excludeAll' | 'exposeAll';
  readonly _transformMetadatas: ReadonlyMap<Target, ReadonlyMap<string, unknown>>;
  readonly _typeMetadatas: ReadonlyMap<Target, ReadonlyMap<string, unknown>>;
}

/** What decorators have noted of classes. */
export interface MetadataStorages {
  readonly validator: ValidatorStorage;
  readonly transformer: TransformerStorage;
}

const TRANSFORMER_STORAGE = 'class-transformer/cjs/storage.js';

/** Undefined where the packages are missing, or are others than we know. */
export async function loadStorages(): Promise<MetadataStorages | undefined> {
  try {
    const [{ getMetadataStorage }, storage] = await Promise.all([
      import('class-validator'),
      import(TRANSFORMER_STORAGE) as Promise<{ defaultMetadataStorage?: TransformerStorage }>,
    ]);
    const { defaultMetadataStorage: transformer } = storage;
    const isKnown =
      typeof transformer?.findTypeMetadata === 'function' &&
      typeof transformer.getExposedMetadatas === 'function' &&
      transformer._transformMetadatas instanceof Map &&
      transformer._typeMetadatas instanceof Map;
    return isKnown ? { validator: getMetadataStorage(), transformer } : undefined;
  } catch {
    return undefined;
  }
}
