/**
 * The value of a message property, as rules see it. A number with a fraction is a double, one without is an
 * integer; a bigint is a long beyond 2^53; null means that the property is absent.
 */
export type PropertyValue = string | number | bigint | boolean | Date | Uint8Array | null;

/** The broker-defined properties of a message, by the names that rules use (`sys.MessageId`). */
export type SystemProperty =
  | 'ContentType'
  | 'CorrelationId'
  | 'Label'
  | 'MessageId'
  | 'ReplyTo'
  | 'ReplyToSessionId'
  | 'SessionId'
  | 'To';

/** Changes of a message's properties; null removes one. */
export interface PropertyChanges {
  readonly application?: ReadonlyMap<string, PropertyValue>;
  readonly system?: ReadonlyMap<SystemProperty, PropertyValue>;
}
