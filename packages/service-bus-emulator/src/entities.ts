import {
  type QueueOptions,
  type RuleOptions,
  type SubscriptionOptions,
  type TopicOptions,
} from './model/entity/entity-description.js';

/** A subscription as an option of its topic; without rules it takes every message. */
export type SubscriptionEntry = Omit<SubscriptionOptions, 'topicName'> & {
  /** Filters and actions; a message is received once for each rule that has an action, else once. */
  readonly rules?: readonly RuleOptions[];
};

/** A topic with its subscriptions. */
export type TopicEntry = TopicOptions & {
  /** Its subscriptions, by name or with their options. */
  readonly subscriptions?: readonly (string | SubscriptionEntry)[];
};

/** The entities of a namespace at its start; an entity given by its name alone has the cloud's defaults. */
export interface Entities {
  /** Queues, by name or with their options. */
  readonly queues?: readonly (string | QueueOptions)[];
  /** Topics, by name or with their options and subscriptions. */
  readonly topics?: readonly (string | TopicEntry)[];
}
