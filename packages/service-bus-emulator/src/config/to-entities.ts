import { type Entities, type SubscriptionEntry, type TopicEntry } from '../entities.js';
import { type QueueOptions } from '../model/entity/entity-description.js';
import { type ConfigObject } from './config-reader.js';
import { toRule } from './to-rule.js';

/** Returns the entities that a parsed Config.json declares, those of all namespaces together. */
export function toEntities(root: ConfigObject): Entities {
  const { reader } = root;
  const namespaces = reader.list(reader.child(root, 'UserConfig'), 'Namespaces');
  return {
    queues: namespaces.flatMap((namespace) => reader.list(namespace, 'Queues').map(toQueue)),
    topics: namespaces.flatMap((namespace) => reader.list(namespace, 'Topics').map(toTopic)),
  };
}

function toQueue(entry: ConfigObject): QueueOptions {
  const { reader } = entry;
  const properties = reader.child(entry, 'Properties');
  return {
    name: reader.requiredText(entry, 'Name'),
    ...basicOptions(properties),
    ...receivableOptions(properties),
    ...sendableOptions(properties),
  };
}

function toTopic(entry: ConfigObject): TopicEntry {
  const { reader } = entry;
  const properties = reader.child(entry, 'Properties');
  return {
    name: reader.requiredText(entry, 'Name'),
    ...basicOptions(properties),
    ...sendableOptions(properties),
    subscriptions: reader.list(entry, 'Subscriptions').map(toSubscription),
  };
}

function toSubscription(entry: ConfigObject): SubscriptionEntry {
  const { reader } = entry;
  const rules = reader.list(entry, 'Rules').map(toRule);
  const properties = reader.child(entry, 'Properties');
  return {
    name: reader.requiredText(entry, 'Name'),
    ...basicOptions(properties),
    ...receivableOptions(properties),
    ...(rules.length > 0 && { rules }),
  };
}

type BasicOptions = Pick<
  TopicEntry,
  'defaultMessageTimeToLiveMs' | 'status' | 'autoDeleteOnIdleMs' | 'userMetadata'
>;

function basicOptions(properties: ConfigObject): BasicOptions {
  const { reader } = properties;
  return {
    defaultMessageTimeToLiveMs: reader.duration(properties, 'DefaultMessageTimeToLive'),
    status: reader.choice(properties, 'Status', ['Active', 'Disabled', 'SendDisabled', 'ReceiveDisabled']),
    autoDeleteOnIdleMs: reader.duration(properties, 'AutoDeleteOnIdle'),
    userMetadata: reader.text(properties, 'UserMetadata'),
  };
}

function receivableOptions(properties: ConfigObject): Omit<SubscriptionEntry, 'name' | 'rules'> {
  const { reader } = properties;
  return {
    lockDurationMs: reader.duration(properties, 'LockDuration'),
    maxDeliveryCount: reader.count(properties, 'MaxDeliveryCount', 1),
    requiresSession: reader.flag(properties, 'RequiresSession'),
    deadLetteringOnMessageExpiration: reader.flag(properties, 'DeadLetteringOnMessageExpiration'),
    forwardTo: reader.text(properties, 'ForwardTo'),
    forwardDeadLetteredMessagesTo: reader.text(properties, 'ForwardDeadLetteredMessagesTo'),
  };
}

function sendableOptions(properties: ConfigObject): Omit<TopicEntry, 'name' | 'subscriptions'> {
  const { reader } = properties;
  return {
    maxSizeInMegabytes: reader.count(properties, 'MaxSizeInMegabytes', 1),
    maxMessageSizeInKilobytes: reader.count(properties, 'MaxMessageSizeInKilobytes', 1),
    requiresDuplicateDetection: reader.flag(properties, 'RequiresDuplicateDetection'),
    duplicateDetectionHistoryTimeWindowMs: reader.duration(properties, 'DuplicateDetectionHistoryTimeWindow'),
    enablePartitioning: reader.flag(properties, 'EnablePartitioning'),
  };
}
