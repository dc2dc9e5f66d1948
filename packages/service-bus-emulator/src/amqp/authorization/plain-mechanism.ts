import { type Authorizer, type Claim } from './authorizer.js';

/**
 * [RFC 4616] Proves a key name and its key when the connection opens, as clients without claims-based security do.
 * rhea calls `start` and reads `outcome`.
 */
export class PlainMechanism {
  outcome: boolean | undefined;
  username: string | undefined;
  /** What the key grants; empty unless it is right. */
  claims: readonly Claim[] = [];

  constructor(private readonly authorizer: Authorizer) {}

  start(response: Buffer | null | undefined): void {
    const [, keyName = '', key = ''] = (response ?? Buffer.alloc(0)).toString('utf8').split('\0');
    this.claims = this.authorizer.verifyKey(keyName, key);
    this.outcome = this.claims.length > 0;
    this.username = keyName;
  }
}
