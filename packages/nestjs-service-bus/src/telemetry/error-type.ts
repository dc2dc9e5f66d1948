import { errorCode } from '../sdk/error-code.js';
import { errorName } from '../exceptions/describe-error.js';
import { OTHER } from './messaging-attributes.js';

/** The `error.type` of an error: the SDK's code for the broker's condition, or else the error's class. */
export function errorType(error: unknown): string {
  return errorCode(error) ?? (error instanceof Error ? errorName(error) : OTHER);
}
