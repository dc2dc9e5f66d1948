import {
  type QueueOptions,
  type RuleOptions,
  type SubscriptionOptions,
  type TopicOptions,
} from './model/entity/entity-description.js';

/** A subscription as an option of its topic; without rules it takes every message. */
export type SubscriptionEntry = Omit<SubscriptionOptions, 'topicName'> & {
  readonly rules?: readonly RuleOptions[];
};

export type TopicEntry = TopicOptions & { readonly subscriptions?: readonly (string | SubscriptionEntry)[] };

/** The entities of a namespace at its start; an entity given by its name alone has the cloud's defaults. */
export interface Entities {
  readonly queues?: readonly (string | QueueOptions)[];
  readonly topics?: readonly (string | TopicEntry)[];
}
