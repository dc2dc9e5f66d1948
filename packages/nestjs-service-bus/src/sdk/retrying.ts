import { type OperationOptionsBase, RetryMode, type RetryOptions } from '@azure/service-bus';

import { readField } from '../exceptions/read-thrown.js';
import { pause } from '../time/pause.js';
import { DEFAULT_RETRY_OPTIONS } from './connection/retry-options.js';
import { errorCode, isTransient } from './error-code.js';
import { throttlePauseMs } from './throttling.js';

const NEVER = new AbortController().signal;

/**
 * Tries operations again as the SDK does, for clients that try once. Unlike the SDK's tries, these leave a broker that
 * throttles us in peace for as long as it asks for.
 */
export class Retrying {
  private readonly options: RetryOptions;

  constructor(
    options: RetryOptions = {},
    private readonly random: () => number = Math.random,
  ) {
    this.options = { ...DEFAULT_RETRY_OPTIONS, ...options };
  }

  /** Rejects with the last error. */
  async run<Result>(
    work: () => Promise<Result>,
    callersSignal?: OperationOptionsBase['abortSignal'],
  ): Promise<Result> {
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (error) {
        if (tries > (this.options.maxRetries ?? 0) || callersSignal?.aborted || !isWorthwhile(error))
          throw error;
        await pause(this.delayMs(tries, error), (callersSignal as AbortSignal | undefined) ?? NEVER);
        if (callersSignal?.aborted) throw error;
      }
    }
  }

  /** By chance 20 % less or more: clients that were refused together do not come back together. */
  private delayMs(tries: number, error: unknown): number {
    const { retryDelayInMs = 0, maxRetryDelayInMs = 0, mode } = this.options;
    const factor = mode === RetryMode.Exponential ? 2 ** tries - 1 : 1;
    const delayMs = Math.min(retryDelayInMs * factor, maxRetryDelayInMs) * (0.8 + this.random() * 0.4);
    return Math.max(delayMs, throttlePauseMs(error, this.random));
  }
}

/** What is none of the SDK's errors, of a message that cannot be encoded for instance, fails again. */
function isWorthwhile(error: unknown): boolean {
  return errorCode(error) === undefined ? readField(error, 'retryable') === true : isTransient(error);
}
