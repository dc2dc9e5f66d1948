import { Activity } from './activity.js';
import { assertUnchangeable } from './assert-unchangeable.js';
import { entityNotFound } from '../broker-error.js';
import { type TopicDescription } from './entity-description.js';
import { type EntityHost } from './entity-host.js';
import { ArrivedMessage } from './arrived-message.js';
import { type Arrival, type Destination } from '../queue/arrival.js';
import { type MessageContent } from '../queue/message-content.js';
import { Partitions } from './partitions.js';
import { ReceiverCount } from '../queue/receiver-count.js';
import { Queue } from '../queue/queue.js';
import { SendGate } from './send-gate.js';
import { StorageMeter } from '../queue/storage-meter.js';
import { type SubscriptionEntity } from './subscription-entity.js';
import { validateDescription } from './validate-description.js';

// Nobody receives from this queue, so most of its settings have no effect.
const SCHEDULED_SETTINGS: Queue['settings'] = {
  lockDurationMs: 0,
  maxDeliveryCount: Infinity,
  defaultTimeToLiveMs: Infinity,
  deadLetteringOnMessageExpiration: false,
  requiresSession: false,
  isPartitioned: false,
  isDeadLetterQueue: false,
  closedToReceivers: undefined,
};

/** A topic: offers each message to its subscriptions, which store copies of those that match their rules. */
export class TopicEntity implements Destination {
  readonly kind = 'topic';
  /** By name in lower case. */
  readonly subscriptions = new Map<string, SubscriptionEntity>();
  /** Holds messages until their scheduled time; nobody receives from it. */
  readonly scheduled: Queue;
  readonly gate: SendGate;
  readonly #partitions: Partitions;
  readonly activity: Activity;
  /** Counts what all subscriptions store. */
  readonly meter: StorageMeter;
  readonly receiverCount = new ReceiverCount();

  /** @throws BrokerError argument-error */
  constructor(
    public description: TopicDescription,
    nowMs: number,
    private readonly host: EntityHost,
  ) {
    validateDescription(description);
    const { name, autoDeleteOnIdleMs } = description;
    const { context } = host;
    this.meter = new StorageMeter(context.meter);
    this.scheduled = new Queue(name, SCHEDULED_SETTINGS, context, this.meter);
    this.scheduled.activateTo = { accept: (atMs, arrival) => void this.#publish(atMs, arrival) };
    this.#partitions = new Partitions(description);
    this.gate = new SendGate(name, description, context, this.meter);
    this.activity = new Activity(nowMs, autoDeleteOnIdleMs, context, {
      usedAtMs: (atMs) => this.#usedAtMs(atMs),
      deleteIdle: (atMs) => host.deleteEntity(atMs, name),
    });
  }

  get address(): string {
    return this.description.name;
  }

  get sizeBytes(): number {
    return this.meter.bytes;
  }

  /** Changes the properties that can be changed. @throws BrokerError argument-error */
  update(nowMs: number, description: TopicDescription): void {
    assertUnchangeable(this.description, description);
    validateDescription(description);
    this.description = { ...description, name: this.description.name };
    this.gate.configure(description);
    for (const subscription of this.subscriptions.values()) subscription.topicChanged(nowMs);
    this.activity.updated(nowMs, description.autoDeleteOnIdleMs);
    this.record();
  }

  /** Records the entity's current description in the journal. */
  record(): void {
    const { description, address } = this;
    const { createdAtMs, updatedAtMs } = this.activity;
    this.host.context.journal.entityChanged(address, {
      kind: 'topic',
      description,
      createdAtMs,
      updatedAtMs,
    });
  }

  /** Accepts all of these messages or none; returns their sequence numbers. @throws BrokerError */
  send(nowMs: number, contents: readonly MessageContent[]): number[] {
    this.gate.check(contents);
    const partition = this.#partitions.choose(contents[0]);
    return contents.map((content) => this.#enter(nowMs, { content, partition }));
  }

  /** Accepts a message that another entity forwards. @throws BrokerError */
  accept(nowMs: number, arrival: Arrival): void {
    this.gate.check([arrival.content]);
    this.#enter(nowMs, { ...arrival, partition: this.#partitions.choose(arrival.content) });
  }

  #enter(nowMs: number, arrival: Arrival): number {
    this.activity.accessed(nowMs);
    if (this.gate.isDuplicate(nowMs, arrival.content)) {
      return this.scheduled.store.takeSequenceNumber(arrival.partition);
    }
    if ((arrival.content.scheduledEnqueueTimeMs ?? 0) > nowMs) return this.scheduled.accept(nowMs, arrival);
    return this.#publish(nowMs, arrival);
  }

  #publish(nowMs: number, arrival: Arrival): number {
    const sequenceNumber = this.scheduled.store.takeSequenceNumber(arrival.partition);
    const { enqueuedSequenceNumber = sequenceNumber } = arrival;
    const subject = new ArrivedMessage(arrival.content, {
      sequenceNumber,
      enqueuedSequenceNumber,
      enqueuedTimeMs: nowMs,
    });
    const maxTimeToLiveMs = this.description.defaultMessageTimeToLiveMs;
    const copy = { ...arrival, enqueuedSequenceNumber, maxTimeToLiveMs };
    for (const subscription of this.subscriptions.values()) subscription.offer(nowMs, copy, subject);
    return sequenceNumber;
  }

  // [Service Bus: a topic is idle while nobody sends to it or works on one of its subscriptions]
  #usedAtMs(nowMs: number): number {
    let usedAtMs = 0;
    for (const { receivable } of this.subscriptions.values()) {
      usedAtMs = Math.max(usedAtMs, receivable.usedAtMs(nowMs));
    }
    return usedAtMs;
  }

  close(): void {
    for (const subscription of this.subscriptions.values()) subscription.close();
    this.scheduled.close(entityNotFound(this.address));
    this.gate.close();
    this.activity.close();
    this.host.context.journal.entityRemoved(this.address, this.kind);
  }
}
