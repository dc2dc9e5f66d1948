import { type RuleDescription } from '@nestjs-service-bus/rule-filter';

import {
  type QueueDescription,
  type SubscriptionDescription,
  type TopicDescription,
} from './entity-description.js';

interface RecordBasics {
  /** Unix times in milliseconds. */
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What a journal records of a queue. */
export interface QueueRecord extends RecordBasics {
  readonly kind: 'queue';
  readonly description: QueueDescription;
}

/** What a journal records of a topic; its subscriptions have records of their own. */
export interface TopicRecord extends RecordBasics {
  readonly kind: 'topic';
  readonly description: TopicDescription;
}

/** What a journal records of a subscription, rules included. */
export interface SubscriptionRecord extends RecordBasics {
  readonly kind: 'subscription';
  readonly description: SubscriptionDescription;
  readonly rules: readonly RuleDescription[];
}

/**
 * Everything that a journal records of an entity, apart from its messages. It is plain data, with two things that
 * JSON does not have: a time may be Infinity, and a rule's parameters and properties are Maps.
 */
export type EntityRecord = QueueRecord | TopicRecord | SubscriptionRecord;
