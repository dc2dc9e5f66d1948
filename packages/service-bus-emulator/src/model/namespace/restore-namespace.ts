import { parseAddress } from '../entity/address.js';
import { BrokerError } from '../broker-error.js';
import { type EntityRecord } from '../entity/entity-record.js';
import { noJournal } from '../entity/journal.js';
import { Message } from '../queue/message.js';
import { type Namespace } from './namespace.js';
import { type MessageRecord, type NamespaceRecords } from './namespace-records.js';
import { type Queue } from '../queue/queue.js';
import { UnknownAddressError } from './unknown-address-error.js';

/**
 * Restores what a journal was told into a namespace without entities; locks are void. The journal is not told
 * again. What has become due in the meantime is done by the next `advance`.
 * @throws UnknownAddressError if a record belongs to no entity
 */
export function restoreNamespace(namespace: Namespace, nowMs: number, records: NamespaceRecords): void {
  const { context } = namespace;
  const { journal } = context;
  context.journal = noJournal;
  try {
    restoreAll(namespace, nowMs, records);
  } finally {
    context.journal = journal;
  }
  for (const { receivable } of namespace.queues()) receivable.forwardWaiting(nowMs);
  for (const { subscriptions } of namespace.topics()) {
    for (const { receivable } of subscriptions.values()) receivable.forwardWaiting(nowMs);
  }
}

function restoreAll(namespace: Namespace, nowMs: number, records: NamespaceRecords): void {
  const entities = [...records.entities];
  for (const record of entities) if (record.kind !== 'subscription') restoreEntity(namespace, nowMs, record);
  // A subscription needs its topic.
  for (const record of entities) if (record.kind === 'subscription') restoreEntity(namespace, nowMs, record);

  const queues = new Map<string, Queue>();
  const queueAt = (address: string): Queue => {
    const queue = queues.get(address) ?? findQueue(namespace, address);
    queues.set(address, queue);
    return queue;
  };
  for (const { address, sequenceNumber } of records.sequenceNumbers ?? []) {
    queueAt(address).store.numbers.skip(sequenceNumber);
  }
  for (const record of records.messages ?? []) queueAt(record.address).restore(toMessage(record));
  for (const { address, sessionId, state, stateUpdatedAtMs } of records.sessions ?? []) {
    queueAt(address).sessions?.restoreState(sessionId, state, stateUpdatedAtMs);
  }
  const messageIds = [...(records.messageIds ?? [])].sort((a, b) => a.forgetAtMs - b.forgetAtMs);
  for (const { address, messageId, forgetAtMs } of messageIds) {
    namespace.entity(address)?.gate.duplicates?.restore(messageId, forgetAtMs);
  }
}

function restoreEntity(namespace: Namespace, nowMs: number, record: EntityRecord): void {
  const { createdAtMs, updatedAtMs } = record;
  create(namespace, nowMs, record).activity.restore(createdAtMs, updatedAtMs);
}

function create(
  namespace: Namespace,
  nowMs: number,
  record: EntityRecord,
): ReturnType<Namespace['createQueue' | 'createTopic' | 'createSubscription']> {
  switch (record.kind) {
    case 'queue':
      return namespace.createQueue(nowMs, record.description);
    case 'topic':
      return namespace.createTopic(nowMs, record.description);
    case 'subscription':
      return namespace.createSubscription(nowMs, record.description, record.rules);
  }
}

function toMessage(record: MessageRecord): Message {
  const message = new Message(record.sequenceNumber, record.enqueuedTimeMs, record.expiresAtMs, {
    ...record,
    identity: record,
  });
  message.state = record.state;
  return message;
}

/** @throws UnknownAddressError */
function findQueue(namespace: Namespace, address: string): Queue {
  const parsed = parseAddress(address);
  const entity = namespace.entity(parsed.entity);
  if (entity?.kind === 'topic') return entity.scheduled;
  try {
    return namespace.source(address).queue;
  } catch (error) {
    if (error instanceof BrokerError) throw new UnknownAddressError(address);
    throw error;
  }
}
