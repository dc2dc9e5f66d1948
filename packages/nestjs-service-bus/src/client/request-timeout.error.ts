/** No reply, or no further one, arrived within `timeoutMs`; the request may still be processed. */
export class RequestTimeoutError extends Error {
  override readonly name = 'RequestTimeoutError';

  constructor(
    readonly entity: string,
    readonly requestId: string,
    readonly timeoutMs: number,
  ) {
    super(`no reply from "${entity}" within ${timeoutMs} ms`);
  }
}
