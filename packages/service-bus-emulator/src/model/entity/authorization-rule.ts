/** A key of a namespace, a queue or a topic, and what it grants. */
export interface AuthorizationRule {
  /** Default `SharedAccessKey`, the only kind that there is. */
  readonly claimType?: string;
  /** `Manage`, `Send`, `Listen`; `Manage` includes the others. */
  readonly rights: readonly string[];
  /** What a connection string names as its SharedAccessKeyName. */
  readonly keyName?: string;
  /** Without a key the rule grants nothing. */
  readonly primaryKey?: string;
  /** Is as good as the primary key. */
  readonly secondaryKey?: string;
}
