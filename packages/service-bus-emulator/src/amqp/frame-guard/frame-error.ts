/** [AMQP 2.8.15, 2.8.16] The condition with which the connection is closed. */
export type FrameErrorCondition =
  | 'amqp:connection:framing-error'
  | 'amqp:decode-error'
  | 'amqp:resource-limit-exceeded'
  | 'amqp:invalid-field'
  | 'amqp:not-allowed';

/** A frame must not reach the protocol library; its connection has to be closed. */
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
