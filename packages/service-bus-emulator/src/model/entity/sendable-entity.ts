import { Activity } from './activity.js';
import { assertUnchangeable } from './assert-unchangeable.js';
import { type QueueDescription, type TopicDescription } from './entity-description.js';
import { type EntityHost } from './entity-host.js';
import { type MessageStore } from '../queue/message-store.js';
import { type Arrival, type Destination } from '../queue/arrival.js';
import { type MessageContent } from '../queue/message-content.js';
import { Partitions } from './partitions.js';
import { SendGate } from './send-gate.js';
import { StorageMeter } from '../queue/storage-meter.js';
import { validateDescription } from './validate-description.js';

/** What a queue and a topic have in common: messages are sent to them, and some are refused or dropped on the way. */
export abstract class SendableEntity<
  Description extends QueueDescription | TopicDescription,
> implements Destination {
  readonly gate: SendGate;
  readonly activity: Activity;
  /** Counts what the entity stores, a topic's subscriptions included. */
  readonly meter: StorageMeter;
  readonly #partitions: Partitions;

  /** @throws BrokerError argument-error */
  constructor(
    public description: Description,
    nowMs: number,
    protected readonly host: EntityHost,
  ) {
    validateDescription(description);
    const { name, autoDeleteOnIdleMs } = description;
    const { context } = host;
    this.meter = new StorageMeter(context.meter);
    this.#partitions = new Partitions(description);
    this.gate = new SendGate(name, description, context, this.meter);
    this.activity = new Activity(nowMs, autoDeleteOnIdleMs, context, {
      usedAtMs: (atMs) => this.usedAtMs(atMs),
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
  update(nowMs: number, description: Description): void {
    assertUnchangeable(this.description, description);
    validateDescription(description);
    this.description = { ...description, name: this.description.name };
    this.gate.configure(description);
    this.configure(nowMs, description);
    this.activity.updated(nowMs, description.autoDeleteOnIdleMs);
    this.record();
  }

  /** Records the entity's current description in the journal. */
  record(): void {
    const { createdAtMs, updatedAtMs } = this.activity;
    this.host.context.journal.entityChanged(this.address, { ...this.described(), createdAtMs, updatedAtMs });
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

  close(): void {
    this.gate.close();
    this.activity.close();
    this.host.context.journal.entityRemoved(this.address, this.described().kind);
  }

  #enter(nowMs: number, arrival: Arrival): number {
    this.activity.accessed(nowMs);
    // [Service Bus: a duplicate is accepted and dropped; it still uses up a sequence number]
    if (this.gate.isDuplicate(nowMs, arrival.content))
      return this.store.takeSequenceNumber(arrival.partition);
    return this.take(nowMs, arrival);
  }

  /** Gives the sequence numbers. */
  protected abstract get store(): MessageStore;
  /** Takes a message that nothing speaks against; returns its sequence number. */
  protected abstract take(nowMs: number, arrival: Arrival): number;
  /** Passes a changed description on. */
  protected abstract configure(nowMs: number, description: Description): void;
  /** Returns the Unix time in milliseconds at which it was last worked on. */
  protected abstract usedAtMs(nowMs: number): number;
  protected abstract described(): Described;
}

/** What the journal is told of the entity, apart from its times. */
type Described =
  { kind: 'queue'; description: QueueDescription } | { kind: 'topic'; description: TopicDescription };
