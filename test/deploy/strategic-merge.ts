/** Any value of a YAML document. */
export type Value = string | number | boolean | null | readonly Value[] | Document;

/** A YAML document, or a map in it. */
export interface Document {
  readonly [name: string]: Value;
}

/** Lists that Kubernetes merges by the item's key; all others are replaced. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  containers: 'name',
  env: 'name',
  ports: 'containerPort',
  volumes: 'name',
  volumeMounts: 'mountPath',
  topologySpreadConstraints: 'topologyKey',
};

/** A document with a strategic merge patch on it: maps by name, keyed lists by key, the patch's items first. */
export function strategicMerge(base: Document, patch: Document): Document {
  const merged: Record<string, Value> = { ...base };
  for (const [name, value] of Object.entries(patch)) merged[name] = mergeValue(name, base[name], value);
  return merged;
}

export function isDocument(value: Value | undefined): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mergeValue(name: string, base: Value | undefined, patch: Value): Value {
  if (isDocument(base) && isDocument(patch)) return strategicMerge(base, patch);
  const key = MERGE_KEYS[name];
  if (key !== undefined && Array.isArray(base) && Array.isArray(patch)) return mergeList(key, base, patch);
  return patch;
}

function mergeList(key: string, base: readonly Value[], patch: readonly Value[]): Value[] {
  const keyOf = (item: Value): Value | undefined => (isDocument(item) ? item[key] : undefined);
  const patched = patch.map((item) => {
    const old = base.find((candidate) => keyOf(candidate) === keyOf(item));
    return isDocument(old) && isDocument(item) ? strategicMerge(old, item) : item;
  });
  return [...patched, ...base.filter((item) => !patch.some((other) => keyOf(other) === keyOf(item)))];
}
