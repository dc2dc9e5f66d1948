/** One way that was tried to sign in, and why it gave no token. */
export interface SignInAttempt {
  /** The credential's class, as `AZURE_TOKEN_CREDENTIALS` names it. */
  readonly credential: string;
  readonly reason: string;
}

/** Signing in with Microsoft Entra ID failed; the message has one line with everything that was tried. */
export class SignInError extends Error {
  override readonly name = 'SignInError';

  constructor(
    readonly tried: readonly SignInAttempt[],
    options?: ErrorOptions,
  ) {
    const attempts = tried.map(({ credential, reason }) => `${credential} (${reason})`);
    super(`cannot sign in to Service Bus, tried ${attempts.join(', ')}`, options);
  }
}
