import { type SystemProperty } from './property-value.js';
import { type ReadableSystemProperty } from './filtered-message.js';

const SETTABLE: Record<ReadableSystemProperty, boolean> = {
  ContentType: true,
  CorrelationId: true,
  Label: true,
  MessageId: true,
  ReplyTo: true,
  ReplyToSessionId: true,
  SessionId: true,
  To: true,
  DeadLetterSource: false,
  DeliveryCount: false,
  EnqueuedSequenceNumber: false,
  EnqueuedTimeUtc: false,
  ExpiresAtUtc: false,
  LockToken: false,
  LockedUntilUtc: false,
  PartitionKey: false,
  ScheduledEnqueueTimeUtc: false,
  SequenceNumber: false,
  Size: false,
  State: false,
  TimeToLive: false,
  ViaPartitionKey: false,
};

// Names that today's SDKs use for the same properties.
const SYNONYMS: readonly (readonly [string, ReadableSystemProperty])[] = [
  ['Subject', 'Label'],
  ['EnqueuedTime', 'EnqueuedTimeUtc'],
  ['ExpiresAt', 'ExpiresAtUtc'],
  ['ScheduledEnqueueTime', 'ScheduledEnqueueTimeUtc'],
  ['TransactionPartitionKey', 'ViaPartitionKey'],
];

const canonicalNames = Object.keys(SETTABLE) as ReadableSystemProperty[];

const byLowerCase = new Map<string, ReadableSystemProperty>([
  ...canonicalNames.map((name) => [name.toLowerCase(), name] as const),
  ...SYNONYMS.map(([synonym, name]) => [synonym.toLowerCase(), name] as const),
]);

/** Returns the canonical spelling of a name after `sys.`; undefined if messages have no such property. */
export function findSystemProperty(name: string): ReadableSystemProperty | undefined {
  return byLowerCase.get(name.toLowerCase());
}

/** Tells whether an action may change the property. */
export function isSettable(name: ReadableSystemProperty): name is SystemProperty {
  return SETTABLE[name];
}

/** The properties that an action may change, for error messages. */
export const settableNames = canonicalNames.filter(isSettable).join(', ');
