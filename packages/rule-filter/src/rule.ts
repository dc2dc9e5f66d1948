import { type PropertyValue } from './values/property-value.js';

/** Matches the messages for which a SQL condition is true. */
export interface SqlFilter {
  readonly kind: 'sql';
  readonly expression: string;
  /** The values of the expression's parameters, named with or without their @. */
  readonly parameters?: ReadonlyMap<string, PropertyValue>;
  /** Can be read back and has no effect: like the cloud, the emulator knows one level only, 20. */
  readonly compatibilityLevel?: number;
}

/** Matches the messages that have all of these properties with these values. */
export interface CorrelationFilter {
  readonly kind: 'correlation';
  readonly contentType?: string;
  readonly correlationId?: string;
  readonly label?: string;
  readonly messageId?: string;
  readonly replyTo?: string;
  readonly replyToSessionId?: string;
  readonly sessionId?: string;
  readonly to?: string;
  /** Application properties: names are compared without regard to case, values by type and value. */
  readonly properties?: ReadonlyMap<string, PropertyValue>;
}

/** Decides which messages of a topic a subscription receives. */
export type RuleFilter =
  SqlFilter | CorrelationFilter | { readonly kind: 'true' } | { readonly kind: 'false' };

/** Changes the properties of the messages that a rule matches. */
export interface RuleAction {
  readonly kind: 'sql';
  readonly expression: string;
  /** The values of the expression's parameters, named with or without their @. */
  readonly parameters?: ReadonlyMap<string, PropertyValue>;
  readonly compatibilityLevel?: number;
}

/** A rule of a subscription. */
export interface RuleDescription {
  readonly name: string;
  readonly filter: RuleFilter;
  readonly action?: RuleAction;
  /** Unix time in milliseconds. */
  readonly createdAtMs: number;
}
