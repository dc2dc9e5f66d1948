/** The HTTP statuses with which Service Bus refuses an administration request; the SDKs map them to their error codes. */
export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 421 | 500 | 503;

/** A request is refused; its sender receives the status and the message. */
export class AdministrationError extends Error {
  override readonly name = 'AdministrationError';

  constructor(
    readonly status: RefusalStatus,
    message: string,
  ) {
    super(message);
  }
}

export function badRequest(message: string): AdministrationError {
  return new AdministrationError(400, message);
}
