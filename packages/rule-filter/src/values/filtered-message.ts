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
 * A message as an expression reads it. Null means that a property is absent, or that the broker does not know it.
 * Times are Dates, time spans are numbers of milliseconds.
 *
 * The members are functions, not methods, so that TypeScript refuses a bare MessageContent, which knows fewer names.
 */
export interface FilteredMessage {
  readonly systemProperty: (name: ReadableSystemProperty) => PropertyValue;
  /** Names are compared without regard to case. */
  readonly applicationProperty: (name: string) => PropertyValue;
}
