import { RpcException } from '@nestjs/microservices';

/** Thrown by a handler: the message is deferred, and can be received by its sequence number only. */
export class DeferException extends RpcException {
  override readonly name: string = 'DeferException';

  constructor(message = 'deferred by the handler') {
    super(message);
  }

  /** Itself: Nest's exception filter passes on what this returns, and nothing of it is lost. */
  override getError(): this {
    return this;
  }
}
