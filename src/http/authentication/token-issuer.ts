import {
  createRemoteJWKSet,
  errors,
  type FlattenedJWSInput,
  type JWSHeaderParameters,
  type JWTVerifyGetKey,
  type RemoteJWKSet,
} from 'jose';

import { IssuerUnavailableError } from './authentication.errors.js';
import { discoverKeys } from './discover-keys.js';

/** How long the keys of an issuer are cached, in milliseconds. */
export interface KeyTimes {
  /** The shortest time between two reads that tokens with an unknown key cause. */
  readonly cooldownMs: number;
  /** Keys of this age are refreshed in the background. */
  readonly refreshMs: number;
  /** Keys of this age are no longer used, even if newer ones cannot be read. */
  readonly maxAgeMs: number;
}

const TIMEOUT_MS = 5_000;
const KEY_TIMES: KeyTimes = { cooldownMs: 10_000, refreshMs: 600_000, maxAgeMs: 24 * 3_600_000 };

/**
 * The public keys of an issuer, read when the first token arrives and again when a new key signs. While the issuer
 * is unavailable, tokens with a known key are still accepted.
 */
export class TokenIssuer {
  private keys?: Promise<RemoteJWKSet>;
  private readAtMs = Infinity;
  private triedAtMs = -Infinity;

  constructor(
    private readonly issuer: string,
    private readonly jwksUrl: string | undefined,
    private readonly times: KeyTimes = KEY_TIMES,
  ) {}

  /** Returns the key that a token names as its own. @throws IssuerUnavailableError, or an error of jose */
  readonly key: JWTVerifyGetKey = async (header: JWSHeaderParameters, token: FlattenedJWSInput) => {
    const keys = await this.find();
    try {
      await this.refresh(keys);
      const key = await keys(header, token);
      if (this.readAtMs === Infinity) this.readAtMs = performance.now();
      return key;
    } catch (error) {
      const isAnswer =
        error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
      throw isAnswer ? error : new IssuerUnavailableError(this.jwksUrl ?? this.issuer, error);
    }
  };

  private find(): Promise<RemoteJWKSet> {
    // A failure is not cached: the next token tries again.
    this.keys ??= this.connect().catch((error: unknown) => {
      this.keys = undefined;
      throw error;
    });
    return this.keys;
  }

  private async connect(): Promise<RemoteJWKSet> {
    const url = this.jwksUrl ?? (await discoverKeys(this.issuer, TIMEOUT_MS));
    const options = { timeoutDuration: TIMEOUT_MS, cooldownDuration: this.times.cooldownMs };
    return createRemoteJWKSet(new URL(url), { ...options, cacheMaxAge: Infinity });
  }

  private async refresh(keys: RemoteJWKSet): Promise<void> {
    const { cooldownMs, refreshMs, maxAgeMs } = this.times;
    const nowMs = performance.now();
    const ageMs = nowMs - this.readAtMs;
    if (ageMs < refreshMs) return;
    const isTooOld = ageMs >= maxAgeMs;
    if (!isTooOld && nowMs - this.triedAtMs < cooldownMs) return;
    this.triedAtMs = nowMs;
    const reading = keys.reload().then(() => void (this.readAtMs = performance.now()));
    if (isTooOld) await reading;
    else reading.catch(() => undefined);
  }
}
