import { type EntityRecord } from '../../../src/model/entity/entity-record.js';
import { type Journal } from '../../../src/model/entity/journal.js';
import { type Message, type MessageSession } from '../../../src/model/queue/message.js';
import { partitionOf } from '../../../src/model/queue/sequence-numbers.js';
import { type MessageRecord, type NamespaceRecords } from '../../../src/model/namespace/namespace-records.js';

/** A journal in memory: copies of what it was told, by address. */
export class RecordingJournal implements Journal {
  readonly entities = new Map<string, EntityRecord>();
  readonly messages = new Map<string, Map<number, MessageRecord>>();
  /** By address and partition. */
  readonly sequenceNumbers = new Map<string, Map<number, number>>();
  readonly sessions = new Map<string, Map<string, { state: Uint8Array; stateUpdatedAtMs: number }>>();
  readonly messageIds = new Map<string, Map<string, number>>();

  entityChanged(address: string, record: EntityRecord): void {
    const rules = record.kind === 'subscription' ? { rules: [...record.rules] } : {};
    this.entities.set(address, {
      ...record,
      ...rules,
      description: { ...record.description },
    } as EntityRecord);
  }

  entityRemoved(address: string): void {
    this.entities.delete(address);
    for (const part of [address, `${address}/$DeadLetterQueue`, `${address}/$Transfer/$DeadLetterQueue`]) {
      for (const map of [this.messages, this.sequenceNumbers, this.sessions, this.messageIds])
        map.delete(part);
    }
  }

  messageChanged(address: string, message: Message): void {
    const { sequenceNumber, enqueuedSequenceNumber, enqueuedTimeMs, expiresAtMs } = message;
    const { state, deliveryCount, hops, wasScheduled, deadLetterSource, content } = message;
    within(this.messages, address).set(sequenceNumber, {
      address,
      sequenceNumber,
      enqueuedSequenceNumber,
      enqueuedTimeMs,
      expiresAtMs,
      state,
      deliveryCount,
      hops,
      wasScheduled,
      deadLetterSource,
      content,
    });
  }

  messageRemoved(address: string, sequenceNumber: number): void {
    if (!this.messages.get(address)?.delete(sequenceNumber)) {
      throw new Error(
        `The journal was told to remove ${address} #${sequenceNumber}, which it does not have.`,
      );
    }
  }

  sequenceNumberTaken(address: string, sequenceNumber: number): void {
    const numbers = within(this.sequenceNumbers, address);
    const partition = partitionOf(sequenceNumber);
    numbers.set(partition, Math.max(numbers.get(partition) ?? 0, sequenceNumber));
  }

  sessionChanged(address: string, { id, state, stateUpdatedAtMs }: MessageSession): void {
    const states = within(this.sessions, address);
    if (state) states.set(id, { state: Uint8Array.from(state), stateUpdatedAtMs });
    else states.delete(id);
  }

  messageIdRemembered(address: string, messageId: string, forgetAtMs: number): void {
    within(this.messageIds, address).set(messageId, forgetAtMs);
  }

  messageIdForgotten(address: string, messageId: string): void {
    this.messageIds.get(address)?.delete(messageId);
  }

  /** What `restoreNamespace` takes. */
  records(): NamespaceRecords {
    return {
      entities: this.entities.values(),
      messages: [...this.messages.values()].flatMap((messages) => [...messages.values()]),
      sequenceNumbers: [...this.sequenceNumbers].flatMap(([address, numbers]) =>
        Array.from(numbers.values(), (sequenceNumber) => ({ address, sequenceNumber })),
      ),
      sessions: [...this.sessions].flatMap(([address, states]) =>
        Array.from(states, ([sessionId, state]) => ({ address, sessionId, ...state })),
      ),
      messageIds: [...this.messageIds].flatMap(([address, ids]) =>
        Array.from(ids, ([messageId, forgetAtMs]) => ({ address, messageId, forgetAtMs })),
      ),
    };
  }
}

function within<K, V>(maps: Map<string, Map<K, V>>, address: string): Map<K, V> {
  const present = maps.get(address);
  if (present) return present;
  const map = new Map<K, V>();
  maps.set(address, map);
  return map;
}
