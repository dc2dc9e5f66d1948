import { type SubscriptionEntry } from '../entities.js';
import { BrokerError } from '../model/broker-error.js';
import { type QueueOptions, type TopicOptions } from '../model/entity/entity-description.js';
import { validateDescription } from '../model/entity/validate-description.js';
import { type ConfigObject } from './config-reader.js';

/** What a configuration says of an entity, and where it says so. */
export interface Declared<Options> {
  readonly entry: ConfigObject;
  readonly options: Options;
}

/** An entity that receives, and may forward. */
export interface DeclaredReceivable<Options> extends Declared<Options> {
  readonly properties: ConfigObject;
}

/** A topic, with its subscriptions. */
export interface DeclaredTopic extends Declared<TopicOptions> {
  readonly subscriptions: readonly DeclaredReceivable<SubscriptionEntry>[];
}

/** Refuses, each at its place, entities that could not be created beside each other, or would lead nowhere. */
export function checkEntities(
  queues: readonly DeclaredReceivable<QueueOptions>[],
  topics: readonly DeclaredTopic[],
): void {
  const names = refuseTwins([...queues, ...topics]);
  for (const topic of topics) refuseTwins(topic.subscriptions);
  for (const entity of [...queues, ...topics]) checkDescription(entity);
  for (const { options, subscriptions } of topics) {
    for (const subscription of subscriptions) checkDescription(subscription, options.name);
  }
  for (const entity of [...queues, ...topics.flatMap(({ subscriptions }) => subscriptions)])
    checkForwarding(entity, names);
}

/** Refuses a name that is taken; returns all names in lower case, as they are compared. */
export function refuseTwins(entities: readonly Declared<{ name: string }>[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { entry, options } of entities) {
    const { name } = options;
    if (name !== '' && names.has(name.toLowerCase()))
      entry.reader.refuse(entry, 'Name', `the name '${name}' is taken, case aside`);
    names.add(name.toLowerCase());
  }
  return names;
}

function checkDescription({ entry, options }: Declared<{ name: string }>, topicName?: string): void {
  // A missing name has been reported.
  if (options.name === '' || topicName === '') return;
  try {
    validateDescription(topicName === undefined ? options : { ...options, topicName });
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    entry.reader.refuse(entry, undefined, error.message);
  }
}

/** The cloud creates no entity that forwards to one that does not exist: messages would end in a dead-letter queue. */
function checkForwarding(
  { properties, options }: DeclaredReceivable<QueueOptions | SubscriptionEntry>,
  names: ReadonlySet<string>,
): void {
  const targets = [
    ['ForwardTo', options.forwardTo],
    ['ForwardDeadLetteredMessagesTo', options.forwardDeadLetteredMessagesTo],
  ] as const;
  for (const [key, target] of targets) {
    if (target === undefined || names.has(target.toLowerCase())) continue;
    properties.reader.refuse(properties, key, `no queue or topic is called '${target}'`);
  }
}
