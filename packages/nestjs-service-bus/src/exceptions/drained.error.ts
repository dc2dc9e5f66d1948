/** The service is shutting down and the grace that messages in work had is over. */
export class DrainedError extends Error {
  override readonly name = 'DrainedError';

  constructor() {
    super('the service is shutting down');
  }
}
