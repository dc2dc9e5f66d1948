import { type Address } from '../entity/address.js';
import { BrokerError, entityNotFound } from '../broker-error.js';
import { type QueueEntity } from '../entity/queue-entity.js';
import { type SubscriptionEntity } from '../entity/subscription-entity.js';
import { type TopicEntity } from '../entity/topic-entity.js';

interface Directory {
  entity(name: string): QueueEntity | TopicEntity | undefined;
}

/** Returns the entity that receivers of an address read. @throws BrokerError not-found, not-allowed (a topic) */
export function resolveReceivable(directory: Directory, address: Address): QueueEntity | SubscriptionEntity {
  const entity = subscriptionAt(directory, address) ?? directory.entity(address.entity);
  if (!entity) throw entityNotFound(address.entity);
  if (entity.kind === 'topic') {
    throw new BrokerError(
      'amqp:not-allowed',
      `'${address.entity}' is a topic: receive from its subscriptions.`,
    );
  }
  return entity;
}

/**
 * Returns the entity that senders to an address reach; the text is as the client has written it.
 * @throws BrokerError not-found, not-allowed (sub-queue, subscription)
 */
export function resolveTarget(
  directory: Directory,
  text: string,
  address: Address,
): QueueEntity | TopicEntity {
  const entity = directory.entity(address.entity);
  if (address.subQueue !== 'main' && (entity || subscriptionAt(directory, address))) {
    throw new BrokerError(
      'amqp:not-allowed',
      `Cannot create a message sender for '${text}': it is a sub-queue.`,
    );
  }
  if (entity) return entity;
  if (subscriptionAt(directory, address)) {
    throw new BrokerError(
      'amqp:not-allowed',
      `Cannot create a message sender for a subscription ('${text}').`,
    );
  }
  throw entityNotFound(text);
}

/** Returns undefined unless it is the address of a subscription. @throws BrokerError not-found if that does not exist */
function subscriptionAt(directory: Directory, { entity }: Address): SubscriptionEntity | undefined {
  const match = /^(.+)\/subscriptions\/([^/]+)$/i.exec(entity);
  const [, topicName = '', name = ''] = match ?? [];
  if (!match) return undefined;
  const topic = directory.entity(topicName);
  const subscription = topic?.kind === 'topic' ? topic.subscriptions.get(name.toLowerCase()) : undefined;
  if (!subscription) throw entityNotFound(entity);
  return subscription;
}
