import { type Binding } from '../binding/binding.js';
import { classOf, declaredOptions, leavesOf, type OptionsSource } from '../binding/declared-options.js';
import { isRateStore } from '../binding/resolve-rate.js';
import { readField } from '../exceptions/read-thrown.js';

/** An option of a binding, its value, and where it comes from. */
export interface DescribedOption {
  /** Its path: `retry.maxAttempts`. */
  readonly name: string;
  /** Functions and classes by their names; a connection string's value is not told. */
  readonly value: unknown;
  /** `forFeature`, a handler as `Class.method`, or `default`. */
  readonly from: string;
}

// Options that are resolved to something else than they are given as.
const RESOLVED = new Set([
  'entity',
  'subscription',
  'entityPath',
  'pattern',
  'declaredEntity',
  'declaredReplyTo',
  'adaptive',
]);
const SECRET = /connectionString$/i;

/** Every option of a binding that has a value: those that are set somewhere, and the defaults of the others. */
export function describeOptions(binding: Binding, sources: readonly OptionsSource[]): DescribedOption[] {
  const set = declaredOptions(sources).map(({ path, value, from }) => ({
    name: path,
    value: SECRET.test(path) ? '(not shown)' : toData(value),
    from,
  }));
  const isSet = (path: string): boolean =>
    set.some(({ name }) => name === path || path.startsWith(`${name}.`) || name.startsWith(`${path}.`));
  const resolved = Object.fromEntries(Object.entries(binding).filter(([name]) => !RESOLVED.has(name)));
  const defaults = leavesOf(resolved)
    // What sessions make of it is no option.
    .filter(([path]) => !isSet(path) && !(binding.sessions && path === 'maxConcurrentCalls'))
    .map(([name, value]) => ({ name, value: toData(value), from: 'default' }));
  return [...set, ...defaults];
}

/** Formats and compressions are told by what they are for. */
const NAMED_BY = ['contentType', 'contentEncoding'] as const;

function toData(value: unknown): unknown {
  if (typeof value === 'function') return value.name === '' ? 'a function' : value.name;
  if (Array.isArray(value)) return value.map(toData);
  if (typeof value !== 'object' || value === null) return value;
  const name = NAMED_BY.map((field) => readField(value, field)).find((one) => typeof one === 'string');
  if (name !== undefined) return name;
  // It may hold anything, a password included.
  if (isRateStore(value)) return classOf(value);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toData(inner)]));
}
