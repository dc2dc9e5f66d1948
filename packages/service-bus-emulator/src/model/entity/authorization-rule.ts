/** A key that an entity declares. It is kept for whoever reads it back and grants nothing by itself. */
export interface AuthorizationRule {
  readonly claimType: string;
  /** `Manage`, `Send`, `Listen`. */
  readonly rights: readonly string[];
  readonly keyName?: string;
  readonly primaryKey?: string;
  readonly secondaryKey?: string;
}
