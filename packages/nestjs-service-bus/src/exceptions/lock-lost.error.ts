/** The lock of a message in work is gone: the broker will deliver the message again. */
export class LockLostError extends Error {
  override readonly name = 'LockLostError';

  constructor(
    /** The lock's token, where the message had one. */
    readonly lockToken: string | undefined,
    cause?: unknown,
  ) {
    super('the message lock was lost', { cause });
  }
}
