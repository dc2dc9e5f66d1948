import { type JsonSchema } from '../schema/json-schema.js';
import { compareKeywords } from './compare-keywords.js';
import { type SchemaChange } from './schema-change.js';

/** Follows a reference inside the document that it stands in. */
export type Resolve = (schema: JsonSchema) => JsonSchema;

/** Two schemas of one value, each with the document that it is from. */
interface Pair {
  readonly old: JsonSchema;
  readonly now: JsonSchema;
}

/**
 * Everything in which two schemas allow different values. A property that is not described is one that nobody sends: to
 * add an optional one narrows nothing.
 */
export function compareSchemas(
  old: JsonSchema,
  now: JsonSchema,
  resolveOld: Resolve,
  resolveNow: Resolve,
  path: string,
): SchemaChange[] {
  return new Comparison(resolveOld, resolveNow).compare({ old, now }, path);
}

class Comparison {
  /** Classes may hold themselves. */
  private readonly seen = new Set<string>();

  constructor(
    private readonly resolveOld: Resolve,
    private readonly resolveNow: Resolve,
  ) {}

  compare({ old: oldGiven, now: nowGiven }: Pair, path: string): SchemaChange[] {
    if (oldGiven.$ref !== undefined && nowGiven.$ref !== undefined) {
      const key = `${oldGiven.$ref} ${nowGiven.$ref}`;
      if (this.seen.has(key)) return [];
      this.seen.add(key);
    }
    const old = this.resolveOld(oldGiven);
    const now = this.resolveNow(nowGiven);
    if (choicesOf(old) || choicesOf(now)) return this.compareChoices(old, now, path);
    return [
      ...compareKeywords(old, now).map((change) => ({ path, ...change })),
      ...this.compareProperties(old, now, path),
      ...this.compareItems(old, now, path),
    ];
  }

  private compareProperties(old: JsonSchema, now: JsonSchema, path: string): SchemaChange[] {
    const [before, after] = [old.properties ?? {}, now.properties ?? {}];
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name): SchemaChange[] => {
      const place = `${path}.${name}`;
      const was = before[name];
      const is = after[name];
      const wasRequired = old.required?.includes(name) === true;
      const isRequired = now.required?.includes(name) === true;
      if (!was) {
        if (!isRequired) return [];
        return [{ path: place, change: 'is new and required', effect: 'narrower' }];
      }
      if (!is) {
        if (!wasRequired) return [];
        return [{ path: place, change: 'was required and is gone', effect: 'wider' }];
      }
      return [
        ...(isRequired && !wasRequired
          ? [{ path: place, change: 'is required now', effect: 'narrower' as const }]
          : []),
        ...(wasRequired && !isRequired
          ? [{ path: place, change: 'is no longer required', effect: 'wider' as const }]
          : []),
        ...this.compare({ old: was, now: is }, place),
      ];
    });
  }

  private compareItems(old: JsonSchema, now: JsonSchema, path: string): SchemaChange[] {
    if (!old.items && !now.items) return [];
    return this.compare({ old: old.items ?? {}, now: now.items ?? {} }, `${path}[]`);
  }

  /** Choices with the same name, or of the same type, are one choice that may have changed. */
  private compareChoices(old: JsonSchema, now: JsonSchema, path: string): SchemaChange[] {
    const before = byKey(choicesOf(old) ?? [old], this.resolveOld);
    const after = byKey(choicesOf(now) ?? [now], this.resolveNow);
    return [...new Set([...before.keys(), ...after.keys()])].flatMap((key): SchemaChange[] => {
      const was = before.get(key);
      const is = after.get(key);
      if (was && is) return this.compare({ old: was, now: is }, path);
      if (is) return [{ path, change: `may be ${key} as well`, effect: 'wider' }];
      return [{ path, change: `may no longer be ${key}`, effect: 'narrower' }];
    });
  }
}

function choicesOf({ anyOf, oneOf }: JsonSchema): readonly JsonSchema[] | undefined {
  return anyOf ?? oneOf;
}

function byKey(choices: readonly JsonSchema[], resolve: Resolve): Map<string, JsonSchema> {
  const isOnlyObject = choices.filter((choice) => isObject(resolve(choice))).length === 1;
  return new Map(
    choices.map((choice) => {
      // A class that was renamed, and is the only one, is still the same choice.
      if (isOnlyObject && isObject(resolve(choice))) return ['object', choice];
      const name = choice.$ref?.split('/').at(-1) ?? [resolve(choice).type ?? 'anything'].flat().join(' or ');
      return [name, choice];
    }),
  );
}

function isObject({ type }: JsonSchema): boolean {
  return type === 'object';
}
