import { errorMessage } from '../exceptions/describe-error.js';
import { readField } from '../exceptions/read-thrown.js';
import { UnsendableResultError } from '../exceptions/unsendable-result.error.js';

/**
 * Throws an UnsendableResultError for a result of which JSON would leave nothing, `{}` for a Map or an Error for
 * instance: a requester must not take that for the answer. Looks at the result itself, not at what it holds.
 */
export function checkResult(result: unknown): void {
  if (typeof result === 'object') {
    if (result === null || Array.isArray(result) || result instanceof Uint8Array) return;
    if (!isLostInJson(result)) return;
  } else if (typeof result === 'string' || typeof result === 'number' || typeof result === 'boolean') return;
  throw new UnsendableResultError(
    'UnserializableResult',
    `a result of type ${typeOf(result)} has no form in JSON`,
  );
}

/** Throws an UnsendableResultError if JSON cannot tell the result: a circle, a bigint, a `toJSON` that fails. */
export function checkJson(result: unknown): void {
  let cause: unknown;
  try {
    if (JSON.stringify(result) !== undefined) return;
  } catch (error) {
    cause = error;
  }
  const why = cause === undefined ? 'has no form in JSON' : `cannot be put into JSON: ${errorMessage(cause)}`;
  throw new UnsendableResultError('UnserializableResult', `a result of type ${typeOf(result)} ${why}`, cause);
}

function isLostInJson(result: object): boolean {
  if (typeof readField(result, 'toJSON') === 'function' || result instanceof String) return false;
  // Maps, sets, generators, streams, arrays of numbers.
  if (Symbol.iterator in result || Symbol.asyncIterator in result) return true;
  const isBuffer =
    result instanceof ArrayBuffer || result instanceof SharedArrayBuffer || ArrayBuffer.isView(result);
  return isBuffer || result instanceof Error || result instanceof RegExp || result instanceof Promise;
}

function typeOf(result: unknown): string {
  const name = readField(readField(result, 'constructor'), 'name');
  return typeof result === 'object' && typeof name === 'string' && name !== '' ? name : typeof result;
}
