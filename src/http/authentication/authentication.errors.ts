/** Credentials are not good; `reason` is for the caller. */
export class RefusedCredentialsError extends Error {
  override readonly name = 'RefusedCredentialsError';

  constructor(readonly reason: string) {
    super(`refused: ${reason}`);
  }
}

/** Nobody can say whether a token is good: the issuer's keys cannot be had. */
export class IssuerUnavailableError extends Error {
  override readonly name = 'IssuerUnavailableError';

  constructor(
    readonly url: string,
    cause: unknown,
  ) {
    super(`the keys of the token's issuer cannot be read from ${url}: ${describe(cause)}`, { cause });
  }
}

/** fetch says "fetch failed", and why only in the cause of that. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${describe(error.cause)}`;
}
