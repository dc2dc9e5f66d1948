/** No part of what class-transformer exports; a bundler follows the import all the same. */
declare module 'class-transformer/cjs/storage.js' {
  export const defaultMetadataStorage: unknown;
}
