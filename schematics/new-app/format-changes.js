import path from 'node:path';
import { format, resolveConfig } from 'prettier';

const FORMATTED = /\.(?:ts|json|ya?ml|md)$/;

/** A rule that gives everything that was made or changed the house's form. */
export function formatChanges(root) {
  return async (tree) => {
    for (const { kind, path: file } of tree.actions) {
      if (kind === 'd' || !FORMATTED.test(file)) continue;
      const filepath = path.join(root, file);
      const options = { ...(await resolveConfig(filepath)), filepath };
      tree.overwrite(file, await format(tree.readText(file), options));
    }
  };
}
