/** The binding was paused before the message's handler began: the message goes back, and nobody has failed on it. */
export class PausedError extends Error {
  override readonly name = 'PausedError';

  constructor() {
    super('the binding is paused');
  }
}
