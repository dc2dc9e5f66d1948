import { type PropertyValue, type SystemProperty } from './property-value.js';

/** System properties that a rule may read but not change. */
export type BrokerProperty =
  | 'DeadLetterSource'
  | 'DeliveryCount'
  | 'EnqueuedSequenceNumber'
  | 'EnqueuedTimeUtc'
  | 'ExpiresAtUtc'
  | 'LockToken'
  | 'LockedUntilUtc'
  | 'PartitionKey'
  | 'ScheduledEnqueueTimeUtc'
  | 'SequenceNumber'
  | 'Size'
  | 'State'
  | 'TimeToLive'
  | 'ViaPartitionKey';

/** Every name that may follow `sys.` in an expression, in its canonical spelling. */
export type ReadableSystemProperty = SystemProperty | BrokerProperty;

/**
 * What an expression reads of a message; null is a property that is absent, or that the broker does not know.
 * Times are Dates, spans of time are numbers of milliseconds. `ArrivedMessage` makes one of a MessageContent.
 *
 * Function members rather than methods: so a bare MessageContent, which knows fewer names, does not fit.
 */
export interface FilteredMessage {
  readonly systemProperty: (name: ReadableSystemProperty) => PropertyValue;
  /** Names are compared without regard to case. */
  readonly applicationProperty: (name: string) => PropertyValue;
}
