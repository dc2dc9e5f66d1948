/** The AMQP condition a connection is closed with. [AMQP 2.8.15, 2.8.16] */
export type FrameErrorCondition =
  | 'amqp:connection:framing-error'
  | 'amqp:decode-error'
  | 'amqp:resource-limit-exceeded'
  | 'amqp:invalid-field'
  | 'amqp:not-allowed';

/** A frame that must not reach the protocol library, and why; the connection it came on is to be closed. */
export class FrameError extends Error {
  override readonly name = 'FrameError';

  constructor(
    readonly condition: FrameErrorCondition,
    readonly reason: string,
    readonly data: Readonly<Record<string, number>> = {},
  ) {
    const details = Object.entries(data).map(([key, value]) => `${key} ${value}`);
    super(details.length === 0 ? reason : `${reason} (${details.join(', ')})`);
  }
}
