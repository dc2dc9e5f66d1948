/** Messages wait but none arrives, and neither a new link nor a new client has helped. */
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
