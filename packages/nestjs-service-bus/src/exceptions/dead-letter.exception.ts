import { RpcException } from '@nestjs/microservices';

import { toText } from './read-thrown.js';

/** Thrown by a handler: the message goes to the dead-letter queue at once, with this reason and description. */
export class DeadLetterException extends RpcException {
  override readonly name: string = 'DeadLetterException';
  /** The message's `deadLetterReason`. */
  readonly reason: string;
  /** The message's `deadLetterErrorDescription`. */
  readonly description: string;

  constructor(reason: string, description = '') {
    // A reason may come from anywhere; without one the class's name has to do.
    const known = reason === undefined || reason === null || reason === '' ? 'DeadLetterException' : reason;
    const text = toText(known);
    const details = description === null ? '' : toText(description);
    super(details === '' ? text : `${text}: ${details}`);
    this.reason = text;
    this.description = details;
  }

  /** Itself: Nest's exception filter passes on what this returns, and nothing of it is lost. */
  override getError(): this {
    return this;
  }
}
