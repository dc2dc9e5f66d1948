/** What something is sent for, and whether that has become pointless meanwhile. */
export interface Sending {
  readonly isInterrupted: boolean;
  /** While it waits for a destination that takes nothing. */
  isHeldBack?: boolean;
}

/** A message was not sent, or not again: what it was to be sent for is not ours any more. */
export class InterruptedSendError extends Error {
  override readonly name = 'InterruptedSendError';

  constructor() {
    super('the message is not ours any more');
  }
}
