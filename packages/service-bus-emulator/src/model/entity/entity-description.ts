import { type AuthorizationRule } from './authorization-rule.js';
import { type RuleDescription } from '../filter/rule.js';

/** What may be done with an entity. */
export type EntityStatus = 'Active' | 'Disabled' | 'SendDisabled' | 'ReceiveDisabled';

interface EntityBasics {
  name: string;
  status: EntityStatus;
  defaultMessageTimeToLiveMs: number;
  /** Time without use after which the entity deletes itself; Infinity for never. */
  autoDeleteOnIdleMs: number;
  userMetadata?: string;
  enableBatchedOperations: boolean;
}

interface Receivable {
  lockDurationMs: number;
  maxDeliveryCount: number;
  requiresSession: boolean;
  deadLetteringOnMessageExpiration: boolean;
  forwardTo?: string;
  forwardDeadLetteredMessagesTo?: string;
}

interface Sendable {
  maxSizeInMegabytes: number;
  maxMessageSizeInKilobytes: number;
  requiresDuplicateDetection: boolean;
  duplicateDetectionHistoryTimeWindowMs: number;
  enablePartitioning: boolean;
  enableExpress: boolean;
  authorizationRules?: readonly AuthorizationRule[];
}

/** A queue as it is created: the names and meanings of the Service Bus API, times in milliseconds. */
export interface QueueDescription extends EntityBasics, Receivable, Sendable {}

/** A topic as it is created. */
export interface TopicDescription extends EntityBasics, Sendable {
  supportOrdering: boolean;
}

/** A subscription as it is created; its rules are kept beside it. */
export interface SubscriptionDescription extends EntityBasics, Receivable {
  topicName: string;
  deadLetteringOnFilterEvaluationExceptions: boolean;
}

/** What has to be said to create a queue: its name; the rest has the cloud's defaults. */
export type QueueOptions = Partial<QueueDescription> & Pick<QueueDescription, 'name'>;
/** What has to be said to create a topic. */
export type TopicOptions = Partial<TopicDescription> & Pick<TopicDescription, 'name'>;
/** What has to be said to create a subscription. */
export type SubscriptionOptions = Partial<SubscriptionDescription> &
  Pick<SubscriptionDescription, 'name' | 'topicName'>;
/** A rule before it is created. */
export type RuleOptions = Omit<RuleDescription, 'createdAtMs'>;

const basics = {
  status: 'Active',
  defaultMessageTimeToLiveMs: Infinity,
  autoDeleteOnIdleMs: Infinity,
  enableBatchedOperations: true,
} as const;

const receivable = {
  lockDurationMs: 60_000,
  maxDeliveryCount: 10,
  requiresSession: false,
  deadLetteringOnMessageExpiration: false,
} as const;

const sendable = {
  maxSizeInMegabytes: 1024,
  maxMessageSizeInKilobytes: 256,
  requiresDuplicateDetection: false,
  duplicateDetectionHistoryTimeWindowMs: 600_000,
  enablePartitioning: false,
  enableExpress: false,
} as const;

/** Fills in the cloud's defaults. */
export function describeQueue(options: QueueOptions): QueueDescription {
  return { ...basics, ...receivable, ...sendable, ...definedOnly(options) };
}

/** Fills in the cloud's defaults. */
export function describeTopic(options: TopicOptions): TopicDescription {
  return { ...basics, ...sendable, supportOrdering: true, ...definedOnly(options) };
}

/** Fills in the cloud's defaults. */
export function describeSubscription(options: SubscriptionOptions): SubscriptionDescription {
  return {
    ...basics,
    ...receivable,
    deadLetteringOnFilterEvaluationExceptions: true,
    ...definedOnly(options),
  };
}

// A property that is given as undefined must not hide the default.
function definedOnly<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
