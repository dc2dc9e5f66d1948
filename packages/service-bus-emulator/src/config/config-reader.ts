import { type Node } from 'jsonc-parser';

import { parseDuration } from '../duration.js';
import { type ConfigProblem } from './config-error.js';

/** A JSON object and its place, for error messages. Its keys are found whatever their case. */
export interface ConfigObject {
  readonly place: string;
  readonly reader: ConfigReader;
  /** Where it is in the text; where its parent is if it is missing. */
  readonly offset: number;
  /** By key in lower case. */
  readonly entries: ReadonlyMap<string, Entry>;
  /** The keys that were asked for, by key in lower case: the others mean nothing to us. */
  readonly known: Map<string, string>;
}

interface Entry {
  readonly key: string;
  readonly offset: number;
  readonly value: Node;
}

const MAX_SHOWN = 60;

/**
 * Reads typed values from a parsed file, and collects what is wrong with it. It is as lenient as Microsoft's emulator,
 * which reads its file as .NET reads any configuration: keys of any case, numbers and booleans also as strings.
 */
export class ConfigReader {
  readonly problems: ConfigProblem[] = [];
  readonly #objects: ConfigObject[] = [];

  constructor(private readonly source: string) {}

  /** What the file says and nobody has asked for. Complete when everything has been read. */
  get warnings(): ConfigProblem[] {
    return this.#objects.flatMap((object) =>
      [...object.entries]
        .filter(([key]) => !object.known.has(key))
        .map(([, { key, offset }]) => {
          const known = [...object.known.values()].join(', ');
          return this.problemAt(offset, join(object.place, key), `has no effect; known here: ${known}`);
        }),
    );
  }

  root(node: Node | undefined): ConfigObject {
    return this.#object(node, '', 0);
  }

  child(parent: ConfigObject, key: string): ConfigObject {
    return this.#object(this.#value(parent, key), join(parent.place, key), parent.offset);
  }

  list(parent: ConfigObject, key: string): ConfigObject[] {
    const value = this.#value(parent, key);
    const place = join(parent.place, key);
    if (value === undefined) return [];
    if (value.type !== 'array') {
      this.#wrong(parent, key, 'an array');
      return [];
    }
    return (value.children ?? []).map((entry, index) =>
      this.#object(entry, `${place}[${index}]`, entry.offset),
    );
  }

  text(parent: ConfigObject, key: string): string | undefined {
    const value = this.#value(parent, key);
    if (value === undefined || value.value === '') return undefined;
    if (value.type === 'string') return value.value as string;
    this.#wrong(parent, key, 'a string');
    return undefined;
  }

  requiredText(parent: ConfigObject, key: string): string {
    const { length } = this.problems;
    const value = this.text(parent, key);
    if (value === undefined && this.problems.length === length)
      this.#wrong(parent, key, 'a string that is not empty');
    return value ?? '';
  }

  flag(parent: ConfigObject, key: string): boolean | undefined {
    const value = this.#value(parent, key)?.value as unknown;
    if (value === undefined || typeof value === 'boolean') return value;
    const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
    if (text === 'true' || text === 'false') return text === 'true';
    this.#wrong(parent, key, 'true or false');
    return undefined;
  }

  count(parent: ConfigObject, key: string, minimum: number): number | undefined {
    const node = this.#value(parent, key);
    if (node === undefined) return undefined;
    const value = node.value as unknown;
    const count = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
    if (Number.isSafeInteger(count) && (count as number) >= minimum) return count as number;
    this.#wrong(parent, key, `a whole number of at least ${minimum}`);
    return undefined;
  }

  /** Reads a duration, in milliseconds. */
  duration(parent: ConfigObject, key: string): number | undefined {
    const node = this.#value(parent, key);
    if (node === undefined) return undefined;
    const milliseconds = node.type === 'string' ? parseDuration((node.value as string).trim()) : undefined;
    if (milliseconds === undefined) this.#wrong(parent, key, 'an ISO 8601 duration such as PT1M');
    return milliseconds;
  }

  /** Reads an object of strings, numbers and booleans, whose keys are the user's own. */
  scalars(parent: ConfigObject, key: string): Record<string, string | number | boolean> {
    const object = this.child(parent, key);
    const found: Record<string, string | number | boolean> = Object.create(null) as typeof found;
    for (const { key: name, value } of object.entries.values()) {
      object.known.set(name.toLowerCase(), name);
      if (['string', 'number', 'boolean'].includes(value.type)) found[name] = value.value as string;
      else this.#wrong(object, name, 'a string, a number, true or false');
    }
    return found;
  }

  choice<T extends string>(parent: ConfigObject, key: string, allowed: readonly T[]): T | undefined {
    const value = this.text(parent, key);
    if (value === undefined) return undefined;
    const found = allowed.find((choice) => choice.toLowerCase() === value.toLowerCase());
    if (!found) this.#wrong(parent, key, `one of ${allowed.join(', ')}`);
    return found;
  }

  /** Notes that a value is wrong for a reason of its own; without a key, that an object is. */
  refuse(object: ConfigObject, key: string | undefined, text: string): void {
    const entry = key === undefined ? undefined : object.entries.get(key.toLowerCase());
    const place = key === undefined ? object.place : join(object.place, entry?.key ?? key);
    this.problems.push(this.problemAt(entry?.value.offset ?? object.offset, place, text));
  }

  /** Returns a problem at an offset in the text. */
  problemAt(offset: number, place: string, text: string): ConfigProblem {
    const before = this.source.slice(0, offset).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, place, text };
  }

  #object(node: Node | undefined, place: string, parentOffset: number): ConfigObject {
    const entries = new Map<string, Entry>();
    const offset = node?.offset ?? parentOffset;
    const object: ConfigObject = { place, reader: this, offset, entries, known: new Map() };
    if (node !== undefined && node.type !== 'object')
      this.problems.push(this.problemAt(offset, place, `expected an object, found ${this.#shown(node)}`));
    for (const { children: [name, value] = [] } of node?.type === 'object' ? (node.children ?? []) : []) {
      if (name === undefined || value === undefined) continue;
      const key = name.value as string;
      const isTwice = entries.has(key.toLowerCase());
      if (isTwice)
        this.problems.push(this.problemAt(name.offset, join(place, key), 'is given twice, case aside'));
      else entries.set(key.toLowerCase(), { key, offset: name.offset, value });
    }
    this.#objects.push(object);
    return object;
  }

  /** Returns a key's value; null counts as missing. */
  #value({ entries, known }: ConfigObject, key: string): Node | undefined {
    known.set(key.toLowerCase(), key);
    const value = entries.get(key.toLowerCase())?.value;
    return value?.type === 'null' ? undefined : value;
  }

  #wrong(object: ConfigObject, key: string, expected: string): void {
    const value = object.entries.get(key.toLowerCase())?.value;
    this.refuse(object, key, `expected ${expected}, found ${value ? this.#shown(value) : 'nothing'}`);
  }

  #shown({ offset, length }: Node): string {
    const text = this.source.slice(offset, offset + length).replace(/\s+/g, ' ');
    return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)} …` : text;
  }
}

function join(place: string, key: string): string {
  return place === '' ? key : `${place}.${key}`;
}
