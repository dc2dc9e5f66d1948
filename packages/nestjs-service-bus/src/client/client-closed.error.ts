/** The client was closed before the reply had come. */
export class ClientClosedError extends Error {
  override readonly name = 'ClientClosedError';

  constructor() {
    super('the Service Bus client was closed');
  }
}
