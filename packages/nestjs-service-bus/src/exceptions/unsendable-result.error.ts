/** Why a result cannot be sent, as the reason of its input's dead letter. */
export type UnsendableReason = 'MessageSizeExceeded' | 'UnserializableResult' | 'ReplyToUnreachable';

/** A handler's result cannot be sent, and no further attempt at its message can change that. */
export class UnsendableResultError extends Error {
  override readonly name = 'UnsendableResultError';

  constructor(
    readonly reason: UnsendableReason,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}
