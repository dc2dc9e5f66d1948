import { NewAppError } from './new-app.error.js';

/** Kubernetes takes 63 characters as a name, and a variable's name grows from this one too. */
const MAX_LENGTH = 40;
const KEBAB_CASE = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
/** Names that mean something else in APPS, in Azure, in Kubernetes or in JavaScript. */
const RESERVED = new Set([
  'all',
  'app',
  'apps',
  'azure',
  'base',
  'constructor',
  'default',
  'main',
  'none',
  'test',
]);
/** Variables end like this: an app of that name would read another's. */
const RESERVED_END = /-(?:in|out|queue)$/;

/** Refuses a name that no app can have, or that is taken. */
export function checkName(name, tree) {
  if (name.length > MAX_LENGTH) throw new NewAppError(`${name}: at most ${MAX_LENGTH} characters, please`);
  if (!KEBAB_CASE.test(name)) {
    const suggestion = toKebabCase(name);
    const instead = KEBAB_CASE.test(suggestion) ? `: ${suggestion}` : ', like invoices or purchase-orders';
    throw new NewAppError(`${JSON.stringify(name)}: an app's name is in kebab-case${instead}`);
  }
  if (RESERVED.has(name) || RESERVED_END.test(name)) {
    throw new NewAppError(`${name}: this name is reserved, take another one`);
  }
  const taken = placesOf(name).find((path) => has(tree, path));
  if (taken !== undefined) throw new NewAppError(`${name}: there is ${taken} already, take another name`);
}

/** What the templates fill. */
function placesOf(name) {
  return [
    `src/${name}`,
    `src/${name}.ts`,
    `test/app/${name}.spec.ts`,
    `deploy/kubernetes/base/${name}`,
    `deploy/azure/${name}.bicepparam`,
  ];
}

function has(tree, path) {
  const folder = tree.getDir(path);
  return tree.exists(path) || folder.subfiles.length + folder.subdirs.length > 0;
}

function toKebabCase(name) {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase();
}
