import { RpcException } from '@nestjs/microservices';

/**
 * Thrown by a handler of batches: the messages at these positions fail, each with its own error, as if a handler
 * of single messages had thrown it; the others are done.
 */
export class BatchException extends RpcException {
  override readonly name: string = 'BatchException';

  constructor(
    /** Position in the batch, from 0 → the error of that message. */
    readonly failures: ReadonlyMap<number, unknown>,
  ) {
    super(`${failures.size} messages of the batch failed, at ${[...failures.keys()].join(', ')}`);
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
