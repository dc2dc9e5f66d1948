import { type RuleDescription } from '@nestjs-service-bus/rule-filter';

import { type AuthorizationRule } from './authorization-rule.js';
import { type Tier, TIERS } from './tier.js';

/** Which operations an entity allows. */
export type EntityStatus = 'Active' | 'Disabled' | 'SendDisabled' | 'ReceiveDisabled';

interface EntityBasics {
  name: string;
  status: EntityStatus;
  defaultMessageTimeToLiveMs: number;
  /** Idle time after which the entity is deleted; Infinity for never. */
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

/** The properties of a queue, as the Service Bus API names and defines them; times are in milliseconds. */
export interface QueueDescription extends EntityBasics, Receivable, Sendable {}

/** The properties of a topic. */
export interface TopicDescription extends EntityBasics, Sendable {
  supportOrdering: boolean;
}

/** The properties of a subscription, without its rules. */
export interface SubscriptionDescription extends EntityBasics, Receivable {
  topicName: string;
  deadLetteringOnFilterEvaluationExceptions: boolean;
}

/** Options of a new queue: only the name is required, the rest has the cloud's defaults. */
export type QueueOptions = Partial<QueueDescription> & Pick<QueueDescription, 'name'>;
/** Options of a new topic. */
export type TopicOptions = Partial<TopicDescription> & Pick<TopicDescription, 'name'>;
/** Options of a new subscription. */
export type SubscriptionOptions = Partial<SubscriptionDescription> &
  Pick<SubscriptionDescription, 'name' | 'topicName'>;
/** Options of a new rule. */
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
  requiresDuplicateDetection: false,
  duplicateDetectionHistoryTimeWindowMs: 600_000,
  enablePartitioning: false,
  enableExpress: false,
} as const;

/** Fills in the cloud's defaults for a tier. */
export function describeQueue(options: QueueOptions, tier: Tier): QueueDescription {
  return { ...basics, ...receivable, ...sendable, ...messageSize(tier), ...definedOnly(options) };
}

/** Fills in the cloud's defaults for a tier. */
export function describeTopic(options: TopicOptions, tier: Tier): TopicDescription {
  return { ...basics, ...sendable, ...messageSize(tier), supportOrdering: true, ...definedOnly(options) };
}

function messageSize(tier: Tier): Pick<Sendable, 'maxMessageSizeInKilobytes'> {
  return { maxMessageSizeInKilobytes: TIERS[tier].defaultMessageSizeInKilobytes };
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

// An explicit undefined must not replace the default.
function definedOnly<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
