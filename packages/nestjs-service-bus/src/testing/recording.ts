import { inspect, isDeepStrictEqual } from 'node:util';

import { isError, toText } from '../exceptions/read-thrown.js';

/** What an entry has to have: the fields that are named, each equal; of objects in it, the fields that are named there. */
export type Wanted<Entry> = { readonly [Field in keyof Entry]?: unknown };

/**
 * A testbed has seen something else than its test expects. No AssertionError of Node's: Jest says of those which values
 * differ, and there are none.
 */
export class UnexpectedMessagesError extends Error {
  override readonly name = 'UnexpectedMessagesError';

  /** @internal */
  constructor(
    expected: string,
    found: number,
    entries: readonly object[],
    asked: (wanted: never) => unknown,
  ) {
    const lines = entries.map((entry) => `\n  ${show(briefly(entry))}`).join('');
    super(
      `expected ${expected}, found ${found}. ${lines === '' ? 'There are none.' : `All there are:${lines}`}`,
    );
    // Reports show the test's line.
    Error.captureStackTrace(this, asked);
  }
}

/**
 * What a testbed has seen of one kind, in order: an array, for the assertions of whatever test runner, that can also be
 * asked, with errors that show what was there. It grows as more is seen.
 */
export interface Recording<Entry extends object> extends ReadonlyArray<Entry> {
  /** All of them, or those that have these fields. */
  all(wanted?: Wanted<Entry>): Entry[];
  /** The only one that has these fields. Throws an UnexpectedMessagesError where there is none, or more than one. */
  one(wanted?: Wanted<Entry>): Entry;
  /** Throws an UnexpectedMessagesError if one has these fields; without any, if there is one at all. */
  none(wanted?: Wanted<Entry>): void;
  /** Forgets what was seen so far. */
  clear(): void;
}

/**
 * An array whose methods are no entries of it: test runners print and compare it as the plain array that it is, which
 * a class of its own would not be.
 */
export function startRecording<Entry extends object>(kind: string): Recording<Entry> & Entry[] {
  const entries: Entry[] = [];
  const all = (wanted: Wanted<Entry> = {}): Entry[] => entries.filter((entry) => includes(entry, wanted));
  const one = (wanted: Wanted<Entry> = {}): Entry => {
    const found = all(wanted);
    const [only] = found;
    if (only !== undefined && found.length === 1) return only;
    throw new UnexpectedMessagesError(
      `one message to be ${kind}${having(wanted)}`,
      found.length,
      entries,
      one,
    );
  };
  const none = (wanted: Wanted<Entry> = {}): void => {
    const { length } = all(wanted);
    if (length === 0) return;
    throw new UnexpectedMessagesError(`no message to be ${kind}${having(wanted)}`, length, entries, none);
  };
  const clear = (): void => void (entries.length = 0);
  const methods: Pick<Recording<Entry>, 'all' | 'one' | 'none' | 'clear'> = { all, one, none, clear };
  for (const [name, value] of Object.entries(methods)) Object.defineProperty(entries, name, { value });
  return entries as Recording<Entry> & Entry[];
}

/**
 * An entry as assertions print and compare it: without fields that say nothing, and without those that are hidden. They
 * can be read all the same. The SDK's messages lead to their connection, which no report of a test can hold.
 */
export function entryOf<Fields extends object>(fields: Fields, ...hidden: (keyof Fields)[]): Fields {
  const entry = {};
  for (const [name, value] of Object.entries(fields) as [string, unknown][]) {
    const enumerable = !hidden.includes(name as keyof Fields) && value !== undefined;
    Object.defineProperty(entry, name, { value, enumerable, configurable: true, writable: true });
  }
  return entry as Fields;
}

function includes(actual: unknown, wanted: unknown): boolean {
  if (isAsymmetric(wanted)) return wanted.asymmetricMatch(actual);
  if (!isPlain(wanted) || typeof actual !== 'object' || actual === null)
    return isDeepStrictEqual(actual, wanted);
  return Object.entries(wanted).every(([name, value]) =>
    includes((actual as Record<string, unknown>)[name], value),
  );
}

function having(wanted: object): string {
  return Object.keys(wanted).length === 0 ? '' : ` with ${show(wanted)}`;
}

/** `expect.any(String)` and its like, of Jest and Vitest. */
function isAsymmetric(value: unknown): value is { asymmetricMatch: (actual: unknown) => boolean } {
  return typeof (value as { asymmetricMatch?: unknown } | null)?.asymmetricMatch === 'function';
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Stacks are left to who asks for them. */
function briefly(entry: object): object {
  const fields = Object.entries(entry).map(([name, value]: [string, unknown]): [string, unknown] => {
    if (isError(value)) return [name, toText(value)];
    if (name === 'description') return [name, String(value).split('\n', 1)[0]];
    return [name, value];
  });
  return Object.fromEntries(fields);
}

function show(value: unknown): string {
  return inspect(value, { depth: 4, breakLength: Infinity, maxStringLength: 500, maxArrayLength: 20 });
}
