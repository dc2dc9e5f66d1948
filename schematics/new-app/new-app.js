import { apply, applyTemplates, chain, mergeWith, url } from '@angular-devkit/schematics';

import { AnchorError } from '../edit/anchor.error.js';
import { changesFor } from './changes.js';
import { checkName } from './check-name.js';
import { formatChanges } from './format-changes.js';
import { namesOf } from './names-of.js';
import { NewAppError } from './new-app.error.js';

/** The schematic: files of the app's own from templates, and its place in the files that know every app. */
export default function newApp({ name }) {
  return (tree) => {
    checkName(name, tree);
    const app = namesOf(name);
    return chain([
      mergeWith(apply(url('./files'), [applyTemplates(app)])),
      (changed) => applyChanges(changed, changesFor(app)),
      formatChanges(process.cwd()),
    ]);
  };
}

function applyChanges(tree, changes) {
  for (const [file, change] of changes) {
    if (!tree.exists(file)) throw new NewAppError(`${file} is missing: nothing was changed`);
    try {
      tree.overwrite(file, change(tree.readText(file), file));
    } catch (error) {
      if (!(error instanceof AnchorError)) throw error;
      throw new NewAppError(`${file} ${error.message}: nothing was changed`);
    }
  }
}
