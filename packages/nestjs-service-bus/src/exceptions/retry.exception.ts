import { RpcException } from '@nestjs/microservices';

import { toText } from './read-thrown.js';

/** Ten years: later dates are refused by the broker, or are none. */
const MAX_DELAY_MS = 10 * 366 * 24 * 3_600_000;

/** True for what a message can wait: a number of milliseconds from 0 to ten years. */
export function isDelay(delayMs: unknown): delayMs is number {
  return typeof delayMs === 'number' && delayMs >= 0 && delayMs <= MAX_DELAY_MS;
}

/**
 * Thrown by a handler: the message is delivered again after `delayMs`; the attempt counts. Throws a RangeError
 * itself when `delayMs` is no number of milliseconds.
 */
export class RetryException extends RpcException {
  override readonly name: string = 'RetryException';
  /** How long the message waits for its next attempt, in milliseconds. */
  readonly delayMs: number;

  constructor(options: { delayMs: number; message?: string }) {
    const { delayMs, message } = options;
    if (!isDelay(delayMs)) {
      throw new RangeError(
        `RetryException: delayMs is ${toText(delayMs)}, allowed is a number from 0 to ${MAX_DELAY_MS}`,
      );
    }
    super(message ?? `retry after ${delayMs} ms`);
    this.delayMs = delayMs;
  }

  /** Itself: Nest's exception filter passes on what this returns, and nothing of it is lost. */
  override getError(): this {
    return this;
  }
}
