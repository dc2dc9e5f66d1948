import { RpcException } from '@nestjs/microservices';

import { toText } from './read-thrown.js';

/**
 * Thrown by a handler of batches: the messages at these positions fail, each with its own error, as if a handler
 * of single messages had thrown it; the others are done.
 */
export class BatchException extends RpcException {
  override readonly name: string = 'BatchException';

  /** By the message's position in the batch, from 0 on. Throws a TypeError when it is no Map. */
  constructor(readonly failures: ReadonlyMap<number, unknown>) {
    if (!(failures instanceof Map))
      throw new TypeError('BatchException: failures has to be a Map of errors by position');
    super(`${failures.size} messages of the batch failed, at ${[...failures.keys()].map(toText).join(', ')}`);
  }

  override getError(): this {
    return this;
  }
}

/** Thrown before the handler has run: these messages cannot be given to it. */
export class UnfitBatchException extends BatchException {
  override readonly name = 'UnfitBatchException';
}
