/** The credentials are invalid; `reason` is for the caller. */
export class RefusedCredentialsError extends Error {
  override readonly name = 'RefusedCredentialsError';

  constructor(readonly reason: string) {
    super(`refused: ${reason}`);
  }
}

/** A token cannot be verified, because the issuer's keys cannot be read. */
export class IssuerUnavailableError extends Error {
  override readonly name = 'IssuerUnavailableError';

  constructor(
    readonly url: string,
    cause: unknown,
  ) {
    super(`the keys of the token's issuer cannot be read from ${url}: ${describe(cause)}`, { cause });
  }
}

/** fetch throws "fetch failed", and gives the reason only in its cause. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${describe(error.cause)}`;
}
