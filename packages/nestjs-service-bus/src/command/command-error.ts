/** A command cannot go on: the message is for the one who gave it. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
