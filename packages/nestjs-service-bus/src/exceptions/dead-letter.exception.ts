import { RpcException } from '@nestjs/microservices';

/** Thrown by a handler: the message goes to the dead-letter queue at once, with this reason and description. */
export class DeadLetterException extends RpcException {
  override readonly name: string = 'DeadLetterException';

  constructor(
    /** The message's `deadLetterReason`. */
    readonly reason: string,
    /** The message's `deadLetterErrorDescription`. */
    readonly description: string = '',
  ) {
    super(description === '' ? reason : `${reason}: ${description}`);
  }

  /** Itself: Nest's exception filter passes on what this returns, and nothing of it is lost. */
  override getError(): this {
    return this;
  }
}
