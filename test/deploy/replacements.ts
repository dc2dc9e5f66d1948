import { type Document, isDocument, type Value } from './strategic-merge.js';

interface Selector {
  readonly kind: string;
  readonly name?: string;
}

/** One value that kustomize copies from an object into fields of others. */
export interface Replacement {
  readonly source: Selector & {
    readonly fieldPath: string;
    readonly options?: { readonly delimiter: string; readonly index: number };
  };
  readonly targets: readonly { readonly select: Selector; readonly fieldPaths: readonly string[] }[];
}

/** Copies the values; throws where kustomize would: no such object, no such field. */
export function replaceAll(objects: readonly Document[], replacements: readonly Replacement[]): Document[] {
  return replacements.reduce<Document[]>(replace, [...objects]);
}

export function matches(object: Document, { kind, name }: Selector): boolean {
  const metadata = isDocument(object['metadata']) ? object['metadata'] : {};
  return object['kind'] === kind && (name === undefined || metadata['name'] === name);
}

/** The value at a path like `spec.containers.[name=service].image`, or at a key in brackets that has dots itself. */
export function valueAt(object: Value | undefined, path: string): Value | undefined {
  return split(path).reduce<Value | undefined>(
    (value, part) => (value === undefined ? undefined : step(value, part)),
    object,
  );
}

function replace(objects: Document[], { source, targets }: Replacement): Document[] {
  const origin = objects.filter((object) => matches(object, source));
  const found = valueAt(origin[0], source.fieldPath);
  if (origin.length !== 1 || typeof found !== 'string') throw new Error(`no ${source.fieldPath}`);
  const { options } = source;
  const value = options ? found.split(options.delimiter)[options.index] : found;
  if (value === undefined) throw new Error(`no part ${options?.index} in ${found}`);
  return targets.reduce((all, { select, fieldPaths }) => {
    if (!all.some((object) => matches(object, select))) throw new Error(`no ${select.kind} to replace in`);
    return all.map((object) =>
      matches(object, select)
        ? fieldPaths.reduce((done, path) => put(done, split(path), value), object)
        : object,
    );
  }, objects);
}

function split(path: string): string[] {
  return path.match(/\[[^\]]*\]|[^.[\]]+/g) ?? [];
}

function step(value: Value, part: string): Value | undefined {
  const [, key, wanted] = /^\[([^=]+)(?:=(.*))?\]$/.exec(part) ?? [];
  if (Array.isArray(value))
    return (value as Value[]).find((item) => isDocument(item) && item[key ?? ''] === wanted);
  return isDocument(value) ? value[key ?? part] : undefined;
}

function put<Node extends Value>(node: Node, [part, ...rest]: readonly string[], value: string): Node;
function put(node: Value, [part, ...rest]: readonly string[], value: string): Value {
  if (part === undefined) return value;
  const old = step(node, part);
  if (old === undefined) throw new Error(`no ${part} to replace`);
  const changed = put(old, rest, value);
  if (Array.isArray(node)) return (node as Value[]).map((item) => (item === old ? changed : item));
  return { ...(node as Document), [part.replace(/^\[(.*)\]$/, '$1')]: changed };
}
