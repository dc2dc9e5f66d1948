import { locateSections } from './locate-sections.js';

/**
 * Checks the structure of a whole encoded message, so that a decoder which trusts what it reads (rhea's does) can be
 * given it: every length, count and nesting is true and bounded, every section known. Throws MalformedMessageError.
 */
export function assertSafeMessage(bytes: Buffer): void {
  locateSections(bytes);
}
