import {
  type QueueDescription,
  type SubscriptionDescription,
  type TopicDescription,
} from './entity-description.js';
import { type RuleDescription } from '../filter/rule.js';

interface RecordBasics {
  /** Unix times in milliseconds. */
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** A queue as it is kept. */
export interface QueueRecord extends RecordBasics {
  readonly kind: 'queue';
  readonly description: QueueDescription;
}

/** A topic as it is kept; its subscriptions have records of their own. */
export interface TopicRecord extends RecordBasics {
  readonly kind: 'topic';
  readonly description: TopicDescription;
}

/** A subscription as it is kept, with its rules. */
export interface SubscriptionRecord extends RecordBasics {
  readonly kind: 'subscription';
  readonly description: SubscriptionDescription;
  readonly rules: readonly RuleDescription[];
}

/**
 * All that is to be kept of an entity apart from its messages. Plain data, with two things that JSON cannot
 * say: a time may be Infinity, and a rule's parameters and properties are Maps.
 */
export type EntityRecord = QueueRecord | TopicRecord | SubscriptionRecord;
