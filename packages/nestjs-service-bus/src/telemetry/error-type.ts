import { errorCode } from '../sdk/index.js';
import { errorName } from '../exceptions/describe-error.js';
import { isError } from '../exceptions/read-thrown.js';
import { OTHER } from './messaging-attributes.js';

/** What went wrong, in one word: the broker's condition as the SDK names it, or the error's class. */
export function errorType(error: unknown): string {
  return errorCode(error) ?? (isError(error) ? errorName(error) : OTHER);
}
