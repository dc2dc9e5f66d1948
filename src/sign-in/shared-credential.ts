import { type AccessToken, type GetTokenOptions, type TokenCredential } from '@azure/identity';

import { describeAttempts } from './describe-attempts.js';
import { SignInError } from './sign-in.error.js';

/**
 * A credential for all links of this process: those that ask at the same time share one sign-in (one page in the
 * browser, one call of the Azure CLI), and a failure is one line.
 */
export class SharedCredential implements TokenCredential {
  private readonly pending = new Map<string, Promise<AccessToken | null>>();

  /** `name` says what was tried where an error does not. */
  constructor(
    private readonly credential: TokenCredential,
    private readonly name: string,
  ) {}

  /** @throws SignInError with everything that was tried */
  async getToken(scopes: string | string[], options: GetTokenOptions = {}): Promise<AccessToken | null> {
    const { claims, tenantId, enableCae } = options;
    const key = JSON.stringify([scopes, claims, tenantId, enableCae]);
    let pending = this.pending.get(key);
    if (!pending) {
      // Without the first caller's abort signal: the others still wait.
      pending = this.signIn(scopes, { ...options, abortSignal: undefined });
      this.pending.set(key, pending);
      const forget = (): void => void this.pending.delete(key);
      pending.then(forget, forget);
    }
    return pending;
  }

  private async signIn(scopes: string | string[], options: GetTokenOptions): Promise<AccessToken | null> {
    try {
      return await this.credential.getToken(scopes, options);
    } catch (error) {
      throw new SignInError(describeAttempts(error, this.name), { cause: error });
    }
  }
}
