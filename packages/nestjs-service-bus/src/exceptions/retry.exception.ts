import { RpcException } from '@nestjs/microservices';

/** Thrown by a handler: the message is delivered again after `delayMs`; the attempt counts. */
export class RetryException extends RpcException {
  override readonly name: string = 'RetryException';
  /** How long the message waits for its next attempt, in milliseconds. */
  readonly delayMs: number;

  constructor(options: { delayMs: number; message?: string }) {
    super(options.message ?? `retry after ${options.delayMs} ms`);
    this.delayMs = options.delayMs;
  }

  /** Itself: Nest's exception filter passes on what this returns, and nothing of it is lost. */
  override getError(): this {
    return this;
  }
}
