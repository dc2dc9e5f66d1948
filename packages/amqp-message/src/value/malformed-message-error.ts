/** The bytes are not a well-formed AMQP value or message: what is wrong, and at which offset. */
export class MalformedMessageError extends Error {
  override readonly name = 'MalformedMessageError';

  constructor(
    readonly offset: number,
    readonly what: string,
  ) {
    super(`${what} (at byte ${offset})`);
  }
}
