import { errorName } from '../exceptions/describe-error.js';
import { type BindingOptions } from './binding.js';

/** What one place in the code says of a binding. */
export interface OptionsSource {
  /** Where: `forFeature`, or the handler as `Class.method`. */
  readonly from: string;
  readonly options: BindingOptions;
}

/** An option that is set, by its path (`retry.maxAttempts`), and where. */
export interface DeclaredOption {
  readonly path: string;
  readonly value: unknown;
  readonly from: string;
}

/** All options that are set at these places; of those that are set several times the first. */
export function declaredOptions(sources: readonly OptionsSource[]): DeclaredOption[] {
  const found = new Map<string, DeclaredOption>();
  for (const { from, options } of sources) {
    for (const [path, value] of leavesOf(options)) {
      if (!found.has(path)) found.set(path, { path, value, from });
    }
  }
  return [...found.values()];
}

/** Puts the options of several places together: what one leaves out another may say. */
export function mergeOptions(sources: readonly OptionsSource[]): BindingOptions {
  return sources.reduce<Tree>((merged, { options }) => merge(merged, options as Tree), {});
}

/** One line for each option that two places set to different values. */
export function contradictions(sources: readonly OptionsSource[]): string[] {
  const lines = sources.flatMap((later, index) =>
    sources.slice(0, index).flatMap((earlier) => contradictionsOf(earlier, later)),
  );
  return [...new Set(lines)];
}

function contradictionsOf(earlier: OptionsSource, later: OptionsSource): string[] {
  const before = leavesOf(earlier.options);
  return leavesOf(later.options).flatMap(([path, value]) => {
    const [other, old] =
      before.find(([one]) => one === path || isWithin(one, path) || isWithin(path, one)) ?? [];
    if (other === undefined || (other === path && isSame(old, value))) return [];
    // Where only one of them is an object of options, both are told as a whole.
    const whole = other.length < path.length ? other : path;
    const [one, two] = [earlier, later].map(
      ({ from, options }) => `${show(valueAt(options, whole))} in ${from}`,
    );
    return [`${whole} is ${one} and ${two}: keep one of them`];
  });
}

function valueAt(options: object, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as Tree)[name], options);
}

/** `retry.maxAttempts` is within `retry`. */
function isWithin(path: string, outer: string): boolean {
  return path.startsWith(`${outer}.`);
}

type Tree = Readonly<Record<string, unknown>>;

/** Options with their paths. They are set one by one: an object of them is no value of its own. */
export function leavesOf(options: object, place = ''): [string, unknown][] {
  return Object.entries(options).flatMap(([name, value]): [string, unknown][] => {
    if (value === undefined) return [];
    const path = place + name;
    return isOptions(name, value) && Object.keys(value).length > 0
      ? leavesOf(value, `${path}.`)
      : [[path, value]];
  });
}

function merge(into: Tree, from: Tree): Tree {
  const merged: Record<string, unknown> = { ...into };
  for (const [name, value] of Object.entries(from)) {
    if (value === undefined) continue;
    const before = merged[name];
    merged[name] =
      isOptions(name, before) && isOptions(name, value) ? merge(before, value) : (before ?? value);
  }
  return merged;
}

function isOptions(name: string, value: unknown): value is Tree {
  if (!isPlainObject(value)) return false;
  // What acts, a compression for instance, is a value and no set of options. A rate may name the class of its store.
  return name === 'rate' || !Object.values(value).some((field) => typeof field === 'function');
}

function isPlainObject(value: unknown): value is Tree {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || (isData(one) && isData(other) && JSON.stringify(one) === JSON.stringify(other));
}

/** What JSON tells everything of: not a list with classes or functions in it. */
function isData(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function';
  return (Array.isArray(value) || isPlainObject(value)) && Object.values(value).every(isData);
}

/** What acts by the name of its class. */
export function classOf(value: object): string {
  const name = errorName(value);
  return name === 'Error' ? 'an object' : name;
}

function show(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null && !isData(value)) return classOf(value);
  return JSON.stringify(value) ?? String(value);
}
