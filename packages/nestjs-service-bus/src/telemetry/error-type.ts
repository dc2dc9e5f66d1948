import { errorCode } from '../sdk/index.js';
import { errorName } from '../exceptions/describe-error.js';
import { isError } from '../exceptions/read-thrown.js';
import { OTHER } from './messaging-attributes.js';

/** The `error.type` of an error: the SDK's code for the broker's condition, or else the error's class. */
export function errorType(error: unknown): string {
  return errorCode(error) ?? (isError(error) ? errorName(error) : OTHER);
}
