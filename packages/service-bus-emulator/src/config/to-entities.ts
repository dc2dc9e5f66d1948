import { type Entities, type SubscriptionEntry, type TopicEntry } from '../entities.js';
import { type QueueOptions } from '../model/entity/entity-description.js';
import { checkEntities, type DeclaredReceivable, type DeclaredTopic, refuseTwins } from './check-entities.js';
import { type ConfigObject } from './config-reader.js';
import { toRule } from './to-rule.js';

/** Returns the entities that a parsed Config.json declares, those of all namespaces together. */
export function toEntities(root: ConfigObject): Entities {
  const { reader } = root;
  reader.text(root, '$schema');
  const config = reader.child(root, 'UserConfig');
  // Ours goes to the standard output.
  reader.text(reader.child(config, 'Logging'), 'Type');
  const namespaces = reader.list(config, 'Namespaces');
  for (const namespace of namespaces) reader.text(namespace, 'Name');
  const queues = namespaces.flatMap((namespace) => reader.list(namespace, 'Queues')).map(toQueue);
  const topics = namespaces.flatMap((namespace) => reader.list(namespace, 'Topics')).map(toTopic);
  checkEntities(queues, topics);
  return {
    queues: queues.map(({ options }) => options),
    topics: topics.map(({ options, subscriptions }) => ({
      ...options,
      subscriptions: subscriptions.map((subscription) => subscription.options),
    })),
  };
}
function toQueue(entry: ConfigObject): DeclaredReceivable<QueueOptions> {
  const { reader } = entry;
  const properties = reader.child(entry, 'Properties');
  const options = {
    name: reader.requiredText(entry, 'Name'),
    ...basicOptions(properties),
    ...receivableOptions(properties),
    ...sendableOptions(properties),
  };
  return { entry, properties, options };
}

function toTopic(entry: ConfigObject): DeclaredTopic {
  const { reader } = entry;
  const properties = reader.child(entry, 'Properties');
  const options = {
    name: reader.requiredText(entry, 'Name'),
    ...basicOptions(properties),
    ...sendableOptions(properties),
  };
  return { entry, options, subscriptions: reader.list(entry, 'Subscriptions').map(toSubscription) };
}

function toSubscription(entry: ConfigObject): DeclaredReceivable<SubscriptionEntry> {
  const { reader } = entry;
  const rules = reader.list(entry, 'Rules').map((rule) => ({ entry: rule, options: toRule(rule) }));
  refuseTwins(rules);
  const properties = reader.child(entry, 'Properties');
  const options = {
    name: reader.requiredText(entry, 'Name'),
    ...basicOptions(properties),
    ...receivableOptions(properties),
    ...(rules.length > 0 && { rules: rules.map((rule) => rule.options) }),
  };
  return { entry, properties, options };
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
