/** The client was closed before the reply arrived. */
export class ClientClosedError extends Error {
  override readonly name = 'ClientClosedError';

  constructor() {
    super('the Service Bus client was closed');
  }
}
