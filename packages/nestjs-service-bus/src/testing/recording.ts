import { AssertionError } from 'node:assert';
import { inspect, isDeepStrictEqual } from 'node:util';

/** What an entry has to have: the fields that are named, each equal; of objects in it, the fields that are named there. */
export type Wanted<Entry> = { readonly [Field in keyof Entry]?: unknown };

/** What a testbed has seen of one kind, in order. It can be iterated, and asked with errors that show what was there. */
export class Recording<Entry extends object> implements Iterable<Entry> {
  private readonly entries: Entry[] = [];

  /** @internal */
  constructor(private readonly kind: string) {}

  /** How many there are. */
  get length(): number {
    return this.entries.length;
  }

  /** In the order in which they were seen. */
  [Symbol.iterator](): IterableIterator<Entry> {
    return this.entries.values();
  }

  /** All of them, or those that have these fields. */
  all(wanted: Wanted<Entry> = {}): Entry[] {
    return this.entries.filter((entry) => includes(entry, wanted));
  }

  /** The only one that has these fields. Throws an AssertionError where there is none, or more than one. */
  one(wanted: Wanted<Entry> = {}): Entry {
    const found = this.all(wanted);
    const [only] = found;
    if (only === undefined || found.length > 1) throw this.unexpected('one', wanted, found.length);
    return only;
  }

  /** Throws an AssertionError if one has these fields; without any, if there is one at all. */
  none(wanted: Wanted<Entry> = {}): void {
    const { length } = this.all(wanted);
    if (length > 0) throw this.unexpected('none', wanted, length);
  }

  /** Forgets what was seen so far. */
  clear(): void {
    this.entries.length = 0;
  }

  /** @internal */
  add(entry: Entry): void {
    this.entries.push(entry);
  }

  private unexpected(expected: string, wanted: Wanted<Entry>, found: number): AssertionError {
    const condition = Object.keys(wanted).length === 0 ? '' : ` with ${show(wanted)}`;
    const entries = this.entries.map((entry) => `\n  ${show(briefly(entry))}`).join('');
    return new AssertionError({
      message:
        `expected ${expected} message to be ${this.kind}${condition}, found ${found}. ` +
        (entries === '' ? `No message was ${this.kind}.` : `All that were ${this.kind}:${entries}`),
    });
  }
}

function includes(actual: unknown, wanted: unknown): boolean {
  if (isAsymmetric(wanted)) return wanted.asymmetricMatch(actual);
  if (!isPlain(wanted) || typeof actual !== 'object' || actual === null)
    return isDeepStrictEqual(actual, wanted);
  return Object.entries(wanted).every(([name, value]) =>
    includes((actual as Record<string, unknown>)[name], value),
  );
}

/** `expect.any(String)` and its like, of Jest and Vitest. */
function isAsymmetric(value: unknown): value is { asymmetricMatch: (actual: unknown) => boolean } {
  return typeof (value as { asymmetricMatch?: unknown } | null)?.asymmetricMatch === 'function';
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Without what the SDK's message says in many lines. */
function briefly(entry: object): object {
  const { message: _, ...rest } = entry as { message?: unknown };
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
}

function show(value: unknown): string {
  return inspect(value, { depth: 4, breakLength: Infinity, maxStringLength: 500, maxArrayLength: 20 });
}
