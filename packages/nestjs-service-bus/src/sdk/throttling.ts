import { errorCode } from './error-code.js';

/** [Service Bus throttling: wait ten seconds at best, two at least] */
const LEAST_PAUSE_MS = 2_000;

/**
 * How long an operation that has failed with this error must not be tried again: two to three seconds where the
 * broker throttles us, by chance, so that not all clients come back at once; else 0.
 */
export function throttlePauseMs(error: unknown, random: () => number = Math.random): number {
  return errorCode(error) === 'ServiceBusy' ? LEAST_PAUSE_MS * (1 + random() / 2) : 0;
}
