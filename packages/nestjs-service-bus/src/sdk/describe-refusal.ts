import { errorCode } from './error-code.js';

/** What the broker says to an attempt to open a link, and which right would help. */
export function describeRefusal(error: Error, right: 'Listen' | 'Send'): string {
  const needed = `: it takes a key, or an identity, with the right ${right}`;
  return errorCode(error) === 'UnauthorizedAccess' ? `${error.message}${needed}` : error.message;
}
