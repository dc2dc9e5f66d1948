import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

import { matches, replaceAll, type Replacement } from './replacements.js';
import { type Document, isDocument, strategicMerge, type Value } from './strategic-merge.js';

interface Kustomization {
  readonly resources?: readonly string[];
  readonly namespace?: string;
  readonly labels?: readonly { readonly pairs: Document; readonly includeTemplates?: boolean }[];
  readonly patches?: readonly { readonly path: string; readonly target: { readonly kind: string } }[];
  readonly images?: readonly { readonly name: string; readonly newName: string; readonly newTag: string }[];
  readonly replacements?: readonly Replacement[];
}

const KNOWN = ['apiVersion', 'kind', 'resources', 'namespace', 'labels', 'patches', 'images', 'replacements'];
const CLUSTER_WIDE = ['Namespace'];

/** What `kubectl kustomize` gives for a folder, for the part of kustomize that deploy/ uses; strict about the rest. */
export function buildKustomization(folder: string): Document[] {
  return accumulate(folder).filter(
    (object) => annotations(object)['config.kubernetes.io/local-config'] !== 'true',
  );
}

/** The documents of a YAML file. */
export function readDocuments(file: string): Document[] {
  return parseAllDocuments(readFileSync(file, 'utf8')).map((document) => {
    if (document.errors.length > 0) throw new Error(`${file}: ${document.errors.join('\n')}`);
    return document.toJS() as Document;
  });
}

/** The kustomization of a folder, as it is written. */
export function readKustomization(folder: string): Kustomization {
  const text = readFileSync(path.join(folder, 'kustomization.yaml'), 'utf8');
  const kustomization = parse(text) as Kustomization;
  const unknown = Object.keys(kustomization).filter((name) => !KNOWN.includes(name));
  if (unknown.length > 0) throw new Error(`${folder}: this reader does not know ${unknown.join()}`);
  return kustomization;
}

/** Every file below a folder. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

function accumulate(folder: string): Document[] {
  const kustomization = readKustomization(folder);
  const {
    resources = [],
    labels = [],
    patches = [],
    images = [],
    replacements = [],
    namespace,
  } = kustomization;
  let objects = resources.map((name) => path.join(folder, name)).flatMap(readResource);
  for (const { path: file, target } of patches) objects = patchAll(objects, path.join(folder, file), target);
  for (const { pairs, includeTemplates } of labels) {
    objects = objects.map((object) => label(object, pairs, includeTemplates === true));
  }
  if (namespace !== undefined) objects = objects.map((object) => putInto(namespace, object));
  for (const { name, newName, newTag } of images) {
    objects = objects.map((object) => replaceImage(object, name, `${newName}:${newTag}`) as Document);
  }
  return replaceAll(objects, replacements);
}

function readResource(name: string): Document[] {
  return statSync(name).isDirectory() ? accumulate(name) : readDocuments(name);
}

function patchAll(objects: readonly Document[], file: string, target: { kind: string }): Document[] {
  const [patch, ...more] = readDocuments(file);
  if (!patch || more.length > 0) throw new Error(`${file} must be one patch`);
  if (!objects.some((object) => matches(object, target))) throw new Error(`${file} has no target`);
  // A patch with a selector changes whatever is selected; its own name says nothing.
  const { metadata: _metadata, ...change } = patch;
  return objects.map((object) => (matches(object, target) ? strategicMerge(object, change) : object));
}

function label(object: Document, pairs: Document, includeTemplates: boolean): Document {
  const labelled = strategicMerge(object, { metadata: { labels: pairs } });
  const spec = labelled['spec'];
  if (!includeTemplates || !isDocument(spec) || !isDocument(spec['template'])) return labelled;
  return strategicMerge(labelled, { spec: { template: { metadata: { labels: pairs } } } });
}

function putInto(namespace: string, object: Document): Document {
  if (CLUSTER_WIDE.some((kind) => kind === object['kind'])) return object;
  return strategicMerge(object, { metadata: { namespace } });
}

function replaceImage(node: Value, name: string, image: string): Value {
  if (Array.isArray(node)) return (node as Value[]).map((item) => replaceImage(item, name, image));
  if (!isDocument(node)) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === 'image' && value === name ? image : replaceImage(value, name, image),
    ]),
  );
}

function annotations(object: Document): Document {
  const metadata = isDocument(object['metadata']) ? object['metadata'] : {};
  return isDocument(metadata['annotations']) ? metadata['annotations'] : {};
}
