import { messageCost } from './memory.js';
import { type Arrival } from './arrival.js';
import { Message } from './message.js';
import { type QueueContext } from './queue-context.js';
import { type MessageState } from './received-message.js';
import { SequenceLog } from '../collections/sequence-log.js';
import { SequenceNumbers } from './sequence-numbers.js';
import { type StorageMeter } from './storage-meter.js';

/** All messages of one message queue, whatever their state, with their numbers, counts and size. */
export class MessageStore {
  readonly counts: Record<MessageState, number> = { active: 0, deferred: 0, scheduled: 0 };
  readonly numbers = new SequenceNumbers();
  #sizeBytes = 0;
  readonly #log = new SequenceLog<Message>();

  constructor(
    readonly address: string,
    readonly context: QueueContext,
    /** Counts what the whole entity stores. */
    readonly meter: StorageMeter,
  ) {}

  get size(): number {
    return this.#log.size;
  }

  /** Encoded size in bytes of all messages. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get(sequenceNumber: number): Message | undefined {
    return this.#log.get(sequenceNumber);
  }

  from(sequenceNumber: number): Generator<Message, void, undefined> {
    return this.#log.from(sequenceNumber);
  }

  takeSequenceNumber(partition = 0): number {
    const sequenceNumber = this.numbers.take(partition);
    this.context.journal.sequenceNumberTaken(this.address, sequenceNumber);
    return sequenceNumber;
  }

  add(nowMs: number, expiresAtMs: number, state: MessageState, arrival: Arrival): Message {
    const { identity } = arrival;
    const sequenceNumber = identity?.sequenceNumber ?? this.takeSequenceNumber(arrival.partition);
    const message = new Message(sequenceNumber, identity?.enqueuedTimeMs ?? nowMs, expiresAtMs, arrival);
    message.state = state;
    this.insert(message);
    this.changed(message);
    return message;
  }

  /** Stores a message that has its sequence number already. */
  insert(message: Message): void {
    this.numbers.skip(message.sequenceNumber);
    this.#log.add(message.sequenceNumber, message);
    this.counts[message.state] += 1;
    this.#resize(message.content.size);
    this.context.memory.add(messageCost(0));
  }

  setState(message: Message, state: MessageState): void {
    this.counts[message.state] -= 1;
    this.counts[state] += 1;
    message.state = state;
  }

  setContent(message: Message, content: Message['content']): void {
    this.#resize(content.size - message.content.size);
    message.content = content;
  }

  changed(message: Message): void {
    this.context.journal.messageChanged(this.address, message);
  }

  remove(message: Message): void {
    if (!this.#log.delete(message.sequenceNumber)) return;
    this.counts[message.state] -= 1;
    this.#resize(-message.content.size);
    this.context.memory.add(-messageCost(0));
    this.context.journal.messageRemoved(this.address, message.sequenceNumber);
  }

  /** Forgets everything. The journal is not told: it learns that the whole entity is gone. */
  clear(): void {
    this.context.memory.add(-messageCost(0) * this.#log.size);
    this.#log.clear();
    this.counts.active = this.counts.deferred = this.counts.scheduled = 0;
    this.#resize(-this.#sizeBytes);
  }

  #resize(bytes: number): void {
    this.#sizeBytes += bytes;
    this.meter.add(bytes);
    this.context.memory.add(bytes);
  }
}
