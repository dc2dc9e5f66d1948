/** The start cannot go on; the message is for the one who started it. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
