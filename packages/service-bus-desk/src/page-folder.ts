/** The page's files, as they were built. This file is as deep in the sources as in every build. */
export const PAGE_FOLDER = new URL('../dist/page/', import.meta.url);
