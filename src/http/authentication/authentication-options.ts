import { type ApiKey } from './api-key.js';
import { type Role } from './role.js';

/** The API keys that are accepted. */
export interface ApiKeyOptions {
  readonly keys: readonly ApiKey[];
  /** A file with more keys, and its keys at the start; it is read again when it changes. */
  readonly file?: { readonly path: string; readonly keys: readonly ApiKey[] };
}

/** The access tokens that are accepted: JWTs of one issuer. */
export interface TokenOptions {
  /** Must equal the tokens' `iss`. */
  readonly issuer: string;
  /** A token must be for one of these. */
  readonly audiences: readonly string[];
  /** Where the issuer's keys are. Default: where its openid-configuration says. */
  readonly jwksUrl?: string;
  /** The roles here, by the tokens' roles and scopes. */
  readonly roles: Readonly<Record<string, readonly Role[]>>;
}

/** How callers authenticate; `none` admits everybody. */
export type Authentication =
  | { readonly kind: 'none' }
  | { readonly kind: 'required'; readonly apiKeys?: ApiKeyOptions; readonly tokens?: TokenOptions };
