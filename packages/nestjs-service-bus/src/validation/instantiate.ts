import { type ClassPlan } from './class-plan.js';

/** Deeper values are left to class-transformer. */
const MAX_DEPTH = 100;

/** The value is not the plain data that a plan is for. */
export class NotPlainDataError extends Error {
  override readonly name = 'NotPlainDataError';
}

/** What a whitelist does with properties that have no decorator. */
export type Unknowns = 'keep' | 'drop' | 'refuse';

/** Makes an instance from plain data, as class-transformer does; throws a NotPlainDataError for what is left to it. */
export function instantiate(
  plan: ClassPlan,
  value: unknown,
  unknowns: Unknowns,
  depth = 0,
): Record<string, unknown> {
  if (!isPlainObject(value) || depth > MAX_DEPTH) throw new NotPlainDataError();
  const instance = new plan.type();
  if (instance.constructor !== plan.type) throw new NotPlainDataError();
  for (const name of Object.keys(value)) {
    // The name of a getter or a method, or of what every object has: class-transformer passes over some of them.
    if (name in plan.type.prototype || name === 'prototype') throw new NotPlainDataError();
    if (!plan.known.has(name)) {
      if (unknowns === 'refuse') throw new NotPlainDataError();
      if (unknowns === 'drop') continue;
    }
    if (typeof instance[name] === 'function') throw new NotPlainDataError();
    const inner = plan.nested.get(name);
    instance[name] = inner
      ? instantiateNested(inner, value[name], unknowns, depth + 1)
      : copy(value[name], depth + 1);
  }
  if (unknowns !== 'keep') dropUnknown(instance, plan, unknowns);
  return instance;
}

/** One instance, or an array of them. What is none of both is no instance for class-transformer either. */
function instantiateNested(plan: ClassPlan, value: unknown, unknowns: Unknowns, depth: number): unknown {
  if (value === undefined || value === null) return value;
  if (!Array.isArray(value)) return instantiate(plan, value, unknowns, depth);
  return mapDense(value, (item) => instantiate(plan, item, unknowns, depth + 1));
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
    // `__proto__`, `constructor`, `toString` …
    if (name in Object.prototype || name === 'prototype') throw new NotPlainDataError();
    result[name] = copy(value[name], depth + 1);
  }
  return result;
}

/** The instance's own fields that have no decorator, with the values that its class gives them. */
function dropUnknown(instance: Record<string, unknown>, { known }: ClassPlan, unknowns: Unknowns): void {
  for (const name of Object.keys(instance)) {
    if (known.has(name)) continue;
    if (unknowns === 'refuse') throw new NotPlainDataError();
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
