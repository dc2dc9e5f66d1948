import { errorCode } from '../sdk/index.js';
import { errorName } from '../exceptions/describe-error.js';
import { OTHER } from './messaging-attributes.js';

/** What went wrong, in one word: the broker's condition as the SDK names it, or the error's class. */
export function errorType(error: unknown): string {
  return errorCode(error) ?? (error instanceof Error ? errorName(error) : OTHER);
}
