import { RpcException } from '@nestjs/microservices';

import { toText } from './read-thrown.js';

/**
 * Thrown by a handler of batches: the messages at these positions fail, each with its own error, as if a handler
 * of single messages had thrown it; the others are done.
 */
export class BatchException extends RpcException {
  override readonly name: string = 'BatchException';

  /** Throws a TypeError when `failures` is no Map. */
  constructor(
    /** The errors of messages, by position in the batch, from 0 on. */
    readonly failures: ReadonlyMap<number, unknown>,
  ) {
    if (!(failures instanceof Map))
      throw new TypeError('BatchException: failures has to be a Map of errors by position');
    super(`${failures.size} messages of the batch failed, at ${[...failures.keys()].map(toText).join(', ')}`);
  }

  /** Itself: Nest's exception filter passes on what this returns, and nothing of it is lost. */
  override getError(): this {
    return this;
  }
}

/** Thrown before the handler has run: these messages cannot be given to it. */
export class UnfitBatchException extends BatchException {
  override readonly name = 'UnfitBatchException';
}
