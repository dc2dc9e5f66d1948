/** class-transformer does not export it publicly, but a bundler can follow the import. */
declare module 'class-transformer/cjs/storage.js' {
  export const defaultMetadataStorage: unknown;
}
