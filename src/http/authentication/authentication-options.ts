import { type ApiKey } from './api-key.js';
import { type Role } from './role.js';

/** The API keys that are taken. */
export interface ApiKeyOptions {
  readonly keys: readonly ApiKey[];
  /** A file with further keys, and what was in it; it is read again when it has changed. */
  readonly file?: { readonly path: string; readonly keys: readonly ApiKey[] };
}

/** The access tokens that are taken: JWTs of one issuer. */
export interface TokenOptions {
  /** Exactly what the tokens' `iss` says. */
  readonly issuer: string;
  /** A token has to be for one of these. */
  readonly audiences: readonly string[];
  /** Where the issuer's keys are; without it, where its openid-configuration says. */
  readonly jwksUrl?: string;
  /** What the tokens' roles and scopes mean here. */
  readonly roles: Readonly<Record<string, readonly Role[]>>;
}

/** How callers show who they are; `none` asks nobody. */
export type Authentication =
  | { readonly kind: 'none' }
  | { readonly kind: 'required'; readonly apiKeys?: ApiKeyOptions; readonly tokens?: TokenOptions };
