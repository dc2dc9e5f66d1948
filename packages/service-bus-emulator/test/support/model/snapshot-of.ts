import { PARTITION_COUNT } from '../../../src/model/entity/partitions.js';
import { type Namespace } from '../../../src/model/namespace/namespace.js';
import { type Queue } from '../../../src/model/queue/queue.js';
import { type QueueEntity } from '../../../src/model/entity/queue-entity.js';
import { type SubscriptionEntity } from '../../../src/model/entity/subscription-entity.js';

/** Returns everything visible of a namespace, apart from receivers and locks, which no restart survives. */
export function snapshotOf(namespace: Namespace): unknown {
  return {
    storedBytes: namespace.storedBytes,
    queues: Array.from(namespace.queues(), (entity) => ({
      ...receivable(entity),
      nextSequenceNumbers: nextNumbers(entity.receivable.main),
    })).sort(byAddress),
    topics: Array.from(
      namespace.topics(),
      ({ address, description, activity, scheduled, subscriptions }) => ({
        address,
        description: defined(description),
        times: [activity.createdAtMs, activity.updatedAtMs],
        scheduled: contents(scheduled),
        nextSequenceNumbers: nextNumbers(scheduled),
        subscriptions: Array.from(subscriptions.values(), (subscription) => ({
          ...receivable(subscription),
          nextSequenceNumbers: nextNumbers(subscription.receivable.main),
          rules: Array.from(subscription.rules.values(), ({ description: rule }) => rule),
        })).sort(byAddress),
      }),
    ).sort(byAddress),
  };
}

function nextNumbers({ store }: Queue): number[] {
  return Array.from({ length: PARTITION_COUNT }, (_, partition) => store.numbers.nextOf(partition));
}

function receivable({
  address,
  description,
  activity,
  sizeBytes,
  receivable: parts,
}: QueueEntity | SubscriptionEntity) {
  return {
    address,
    description: defined(description),
    sizeBytes,
    times: [activity.createdAtMs, activity.updatedAtMs],
    queues: parts.queues.map(contents),
  };
}

function contents({ store, sessions }: Queue) {
  return {
    counts: { ...store.counts },
    sizeBytes: store.sizeBytes,
    messages: Array.from(store.from(0), (message) => ({
      sequenceNumber: message.sequenceNumber,
      enqueuedSequenceNumber: message.enqueuedSequenceNumber,
      enqueuedTimeMs: message.enqueuedTimeMs,
      expiresAtMs: message.expiresAtMs,
      state: message.state,
      deliveryCount: message.deliveryCount,
      hops: message.hops,
      deadLetterSource: message.deadLetterSource,
      content: message.content,
    })),
    sessions: Array.from(sessions?.sessions.all() ?? [], ({ id, state, messageCount }) => ({
      id,
      state: state && [...state],
      messageCount,
    })).sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

/** Drops undefined properties: they equal absent ones. */
function defined(description: object): object {
  return Object.fromEntries(Object.entries(description).filter(([, value]) => value !== undefined));
}

function byAddress(a: { address: string }, b: { address: string }): number {
  return a.address < b.address ? -1 : 1;
}
