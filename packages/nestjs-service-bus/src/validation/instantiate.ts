import { type ClassPlan } from './class-plan.js';

/** Deeper values are left to class-transformer. */
const MAX_DEPTH = 100;

/** The value is not plain data, so no plan can be used. */
export class NotPlainDataError extends Error {
  override readonly name = 'NotPlainDataError';
}

/** What a whitelist does with properties that have no decorator. */
export type UnknownProperties = 'keep' | 'drop' | 'forbid';

/** Creates an instance from plain data as class-transformer does; throws a NotPlainDataError for any other data. */
export function instantiate(
  plan: ClassPlan,
  value: unknown,
  unknownProperties: UnknownProperties,
  depth = 0,
): Record<string, unknown> {
  if (!isPlainObject(value) || depth > MAX_DEPTH) throw new NotPlainDataError();
  const instance = new plan.type();
  if (instance.constructor !== plan.type) throw new NotPlainDataError();
  for (const name of Object.keys(value)) {
    // Reject names of getters, methods and members of Object: class-transformer skips some of them.
    if (name in plan.type.prototype || name === 'prototype') throw new NotPlainDataError();
    if (!plan.known.has(name)) {
      if (unknownProperties === 'forbid') throw new NotPlainDataError();
      if (unknownProperties === 'drop') continue;
    }
    if (typeof instance[name] === 'function') throw new NotPlainDataError();
    const inner = plan.nested.get(name);
    instance[name] = inner
      ? instantiateNested(inner, value[name], unknownProperties, depth + 1)
      : copy(value[name], depth + 1);
  }
  if (unknownProperties !== 'keep') dropUnknown(instance, plan, unknownProperties);
  return instance;
}

/** One instance, or an array of them. Like class-transformer, makes no instance of anything else. */
function instantiateNested(
  plan: ClassPlan,
  value: unknown,
  unknownProperties: UnknownProperties,
  depth: number,
): unknown {
  if (value === undefined || value === null) return value;
  if (!Array.isArray(value)) return instantiate(plan, value, unknownProperties, depth);
  return mapDense(value, (item) => instantiate(plan, item, unknownProperties, depth + 1));
}

function copy(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'function') throw new NotPlainDataError();
    return value;
  }
  if (depth > MAX_DEPTH) throw new NotPlainDataError();
  if (Array.isArray(value)) return mapDense(value, (item) => copy(item, depth + 1));
  if (!isPlainObject(value)) throw new NotPlainDataError();
  const result: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    // Reject `__proto__`, `constructor`, `toString` …
    if (name in Object.prototype || name === 'prototype') throw new NotPlainDataError();
    result[name] = copy(value[name], depth + 1);
  }
  return result;
}

/** Drops or forbids fields without a decorator that the class itself initializes. */
function dropUnknown(
  instance: Record<string, unknown>,
  { known }: ClassPlan,
  unknownProperties: UnknownProperties,
): void {
  for (const name of Object.keys(instance)) {
    if (known.has(name)) continue;
    if (unknownProperties === 'forbid') throw new NotPlainDataError();
    delete instance[name];
  }
}

function mapDense(array: readonly unknown[], map: (item: unknown) => unknown): unknown[] {
  const result: unknown[] = [];
  for (let index = 0; index < array.length; index++) {
    const item = array[index];
    if (item === undefined && !(index in array)) throw new NotPlainDataError();
    result.push(map(item));
  }
  return result;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
