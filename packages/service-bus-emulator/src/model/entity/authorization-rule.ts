/** A key that an entity declares. It can be read back, and grants nothing. */
export interface AuthorizationRule {
  readonly claimType: string;
  /** `Manage`, `Send`, `Listen`. */
  readonly rights: readonly string[];
  readonly keyName?: string;
  readonly primaryKey?: string;
  readonly secondaryKey?: string;
}
