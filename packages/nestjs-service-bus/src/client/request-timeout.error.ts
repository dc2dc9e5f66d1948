/** No reply, or no further one, arrived within `timeoutMs`; the request may still be processed. */
export class RequestTimeoutError extends Error {
  override readonly name = 'RequestTimeoutError';

  constructor(
    /** The queue or topic that the request went to. */
    readonly entity: string,
    /** The id that a reply would have carried. */
    readonly requestId: string,
    /** The longest wait, in milliseconds. */
    readonly timeoutMs: number,
  ) {
    super(`no reply from "${entity}" within ${timeoutMs} ms`);
  }
}
