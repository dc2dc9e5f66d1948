import * as keda from '@kubernetes-models/keda/keda.sh/v1alpha1';
import * as apps from 'kubernetes-models/apps/v1';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as core from 'kubernetes-models/v1';

import { type Document } from './strategic-merge.js';

interface Model {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly prototype: { validate(): void };
}

const MODELS = [core, apps, networking, policy, keda].flatMap(
  (module) => Object.values(module) as unknown[] as Model[],
);

/**
 * What is wrong with an object of Kubernetes by the JSON schema of its kind. Schemas of Kubernetes let unknown fields
 * pass; here they don't: a compiled schema reads each field that it knows, and one that nobody has read is unknown.
 */
export function schemaProblems(object: Document): string[] {
  const { apiVersion, kind } = object;
  const model = MODELS.find((candidate) => candidate.apiVersion === apiVersion && candidate.kind === kind);
  if (!model) return [`no schema for ${JSON.stringify([apiVersion, kind])}`];
  const read = new Set<string>();
  try {
    Reflect.apply(model.prototype.validate, watch(object, '', read), []);
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
  return pathsOf(object, '')
    .filter((path) => !read.has(path))
    .map((path) => `unknown field ${path}`);
}

function watch<Node extends object>(node: Node, path: string, read: Set<string>): Node {
  return new Proxy(node, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof name === 'symbol') return value;
      const place = `${path}/${name}`;
      read.add(place);
      return typeof value === 'object' && value !== null ? watch(value, place, read) : value;
    },
  });
}

function pathsOf(node: object, path: string): string[] {
  return Object.entries(node).flatMap(([name, value]: [string, unknown]) => {
    const place = `${path}/${name}`;
    return [place, ...(typeof value === 'object' && value !== null ? pathsOf(value, place) : [])];
  });
}
