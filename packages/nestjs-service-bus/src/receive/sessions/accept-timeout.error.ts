/** The broker neither granted nor refused a session in time. */
export class AcceptTimeoutError extends Error {
  override readonly name = 'AcceptTimeoutError';

  constructor(readonly entityPath: string) {
    super(`no answer to the request for a session of ${entityPath}`);
  }
}
