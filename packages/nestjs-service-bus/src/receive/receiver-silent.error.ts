/** Messages wait, none comes, and neither a fresh link nor a fresh client has helped. */
export class ReceiverSilentError extends Error {
  override readonly name = 'ReceiverSilentError';

  constructor(
    /** The queue, or `topic/Subscriptions/subscription`, that brings nothing. */
    readonly entityPath: string,
    cause: string,
  ) {
    super(`${entityPath}: ${cause}`);
  }
}
