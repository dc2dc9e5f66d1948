import { types } from 'node:util';

/*
 * What user code throws may be anything: an Error whose fields are undefined, a number or a symbol, a Proxy that is
 * revoked, a class whose `instanceof` throws. Reading it runs foreign code; nothing here throws.
 */

/** `instanceof`, and false where asking fails. */
export function isInstance<Type extends object>(
  value: unknown,
  type: abstract new (...args: never[]) => Type,
): value is Type {
  try {
    return value instanceof type;
  } catch {
    return false;
  }
}

/** True for errors of every realm: those of a `vm` context are no instances of our Error. */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || isInstance(value, Error);
}

/** A property's value, and undefined where reading it fails. */
export function readField(value: unknown, name: string): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  try {
    return (value as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}

/** Any value in words: as JSON where that says more than `[object Object]`. */
export function toText(value: unknown): string {
  try {
    const text = String(value);
    if (!text.startsWith('[object ')) return text;
  } catch {
    // An object without a prototype, for instance, which JSON may still tell.
  }
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return `an unreadable ${typeof value}`;
  }
}
