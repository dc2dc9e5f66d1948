import { RpcException } from '@nestjs/microservices';

import { isInstance, toText } from './read-thrown.js';
import { retryAfterMs } from './retry-after.js';

/** Ten years: later dates are refused by the broker, or are none. */
const MAX_DELAY_MS = 10 * 366 * 24 * 3_600_000;
/** A server may ask for any time: beyond an hour it is asked again. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** True for what a message can wait: a number of milliseconds from 0 to ten years. */
export function isDelay(delayMs: unknown): delayMs is number {
  return typeof delayMs === 'number' && delayMs >= 0 && delayMs <= MAX_DELAY_MS;
}

/** How a `Retry-After` is honoured. */
export interface RetryAfterOptions {
  /** The longest wait that a server may ask for, in milliseconds; more is cut to it. Default 3,600,000, an hour. */
  readonly maxDelayMs?: number;
  /** The exception's message. */
  readonly message?: string;
}

/** When a message is delivered again: after a time of the handler's choice, or one that a server has asked for. */
export type RetryExceptionOptions =
  | {
      /** How long the message waits for its next attempt, in milliseconds. */
      readonly delayMs: number;
      /** The exception's message. */
      readonly message?: string;
    }
  | ({
      /**
       * The value of a `Retry-After` (seconds, or an HTTP date), a Date, or whatever has the header: a fetch `Headers` or
       * `Response`, an answer of axios, undici or `node:http`, or the error about it.
       */
      readonly retryAfter: unknown;
    } & RetryAfterOptions);

/**
 * Thrown by a handler: the message is delivered again after `delayMs`; the attempt counts. With `retryAfter`, after what
 * a server has asked for, or else after the binding's backoff. Throws a RangeError itself when `delayMs` or
 * `maxDelayMs` is no number of milliseconds.
 */
export class RetryException extends RpcException {
  override readonly name: string = 'RetryException';
  /** How long the message waits for its next attempt, in milliseconds; undefined: by the binding's backoff. */
  readonly delayMs: number | undefined;

  constructor(options: RetryExceptionOptions) {
    const delayMs = delayOf(options);
    super(
      options.message ??
        (delayMs === undefined ? 'retry after the usual delay' : `retry after ${delayMs} ms`),
    );
    this.delayMs = delayMs;
  }

  /**
   * What to throw for an error of an HTTP client: a RetryException if the server has said when to come again, by a
   * `Retry-After`; else the error itself. The error is its `cause`.
   */
  static from(error: unknown, options: RetryAfterOptions = {}): unknown {
    if (isInstance(error, RetryException)) return error;
    const exception = new RetryException({ ...options, retryAfter: error });
    if (exception.delayMs === undefined) return error;
    exception.cause = error;
    return exception;
  }

  /** Itself: Nest's exception filter passes on what this returns, and nothing of it is lost. */
  override getError(): this {
    return this;
  }
}

function delayOf(options: RetryExceptionOptions): number | undefined {
  if (!('retryAfter' in options)) return checked('delayMs', options.delayMs);
  const mostMs = checked('maxDelayMs', options.maxDelayMs ?? MAX_RETRY_AFTER_MS);
  const delayMs = retryAfterMs(options.retryAfter, Date.now());
  return delayMs === undefined || Number.isNaN(delayMs) ? undefined : Math.min(delayMs, mostMs);
}

function checked(name: string, delayMs: number): number {
  if (isDelay(delayMs)) return delayMs;
  throw new RangeError(
    `RetryException: ${name} is ${toText(delayMs)}, allowed is a number from 0 to ${MAX_DELAY_MS}`,
  );
}
