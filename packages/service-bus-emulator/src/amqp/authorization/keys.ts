import { timingSafeEqual } from 'node:crypto';

import { type AuthorizationRule } from '../../model/entity/authorization-rule.js';
import { type Namespace } from '../../model/namespace/namespace.js';
import { type Right, RIGHTS } from './right.js';

/** What a key grants, and on which path (in lower case; empty for the whole namespace). */
export interface Grant {
  readonly path: string;
  readonly rights: ReadonlySet<Right>;
}

interface Key extends Grant {
  readonly name: string;
  readonly secrets: readonly string[];
}

/** The keys of a namespace and of its entities. [Service Bus: a subscription has the keys of its topic] */
export class Keys {
  readonly #ofNamespace: readonly Key[];

  constructor(
    rules: readonly AuthorizationRule[],
    private readonly namespace: Namespace,
  ) {
    this.#ofNamespace = toKeys('', rules);
  }

  /** Returns what a key grants on a path, if one of its secrets passes the test; undefined if none does. */
  find(name: string, path: string, isRight: (secret: string) => boolean): Grant | undefined {
    return this.#keysOn(path).find((key) => key.name === name && key.secrets.some(isRight));
  }

  /** Returns whether there is a key of this name on a path. */
  has(name: string, path: string): boolean {
    return this.#keysOn(path).some((key) => key.name === name);
  }

  /** Returns everything that a key of this name and secret grants. */
  grantsOf(name: string, secret: string): Grant[] {
    const all = [...this.#ofNamespace];
    for (const { description } of [...this.namespace.queues(), ...this.namespace.topics()]) {
      all.push(...toKeys(description.name.toLowerCase(), description.authorizationRules));
    }
    return all.filter((key) => key.name === name && key.secrets.some((other) => isSame(other, secret)));
  }

  #keysOn(path: string): Key[] {
    const keys = [...this.#ofNamespace];
    // The names of entities may have slashes: any beginning of the path can be one.
    for (let end = path.indexOf('/'); ; end = path.indexOf('/', end + 1)) {
      const name = end < 0 ? path : path.slice(0, end);
      keys.push(...toKeys(name, this.namespace.entity(name)?.description.authorizationRules));
      if (end < 0) return keys;
    }
  }
}

function toKeys(path: string, rules: readonly AuthorizationRule[] = []): Key[] {
  return rules.map(({ keyName = '', primaryKey = '', secondaryKey = '', rights }) => ({
    path,
    name: keyName,
    secrets: [primaryKey, secondaryKey].filter((secret) => secret !== ''),
    // [Service Bus: who may manage may send and listen]
    rights: new Set(rights.includes('Manage') ? RIGHTS : RIGHTS.filter((right) => rights.includes(right))),
  }));
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
