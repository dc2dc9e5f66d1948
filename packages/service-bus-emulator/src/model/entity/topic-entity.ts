import { entityNotFound } from '../broker-error.js';
import { type TopicDescription } from './entity-description.js';
import { type EntityHost } from './entity-host.js';
import { ArrivedMessage } from './arrived-message.js';
import { type Arrival } from '../queue/arrival.js';
import { type MessageStore } from '../queue/message-store.js';
import { ReceiverCount } from '../queue/receiver-count.js';
import { Queue } from '../queue/queue.js';
import { SendableEntity } from './sendable-entity.js';
import { type SubscriptionEntity } from './subscription-entity.js';

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
export class TopicEntity extends SendableEntity<TopicDescription> {
  readonly kind = 'topic';
  /** By name in lower case. */
  readonly subscriptions = new Map<string, SubscriptionEntity>();
  /** Holds messages until their scheduled time; nobody receives from it. */
  readonly scheduled: Queue;
  readonly receiverCount = new ReceiverCount();

  /** @throws BrokerError argument-error */
  constructor(description: TopicDescription, nowMs: number, host: EntityHost) {
    super(description, nowMs, host);
    this.scheduled = new Queue(description.name, SCHEDULED_SETTINGS, host.context, this.meter);
    this.scheduled.activateTo = { accept: (atMs, arrival) => void this.#publish(atMs, arrival) };
  }

  override close(): void {
    for (const subscription of this.subscriptions.values()) subscription.close();
    this.scheduled.close(entityNotFound(this.address));
    super.close();
  }

  protected get store(): MessageStore {
    return this.scheduled.store;
  }

  protected take(nowMs: number, arrival: Arrival): number {
    if ((arrival.content.scheduledEnqueueTimeMs ?? 0) > nowMs) return this.scheduled.accept(nowMs, arrival);
    return this.#publish(nowMs, arrival);
  }

  protected configure(nowMs: number): void {
    for (const subscription of this.subscriptions.values()) subscription.topicChanged(nowMs);
  }

  // [Service Bus: a topic is idle while nobody sends to it or works on one of its subscriptions]
  protected usedAtMs(nowMs: number): number {
    let usedAtMs = 0;
    for (const { receivable } of this.subscriptions.values()) {
      usedAtMs = Math.max(usedAtMs, receivable.usedAtMs(nowMs));
    }
    return usedAtMs;
  }

  protected described(): { kind: 'topic'; description: TopicDescription } {
    return { kind: this.kind, description: this.description };
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
}
