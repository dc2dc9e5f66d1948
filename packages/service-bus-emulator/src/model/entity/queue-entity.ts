import { Activity } from './activity.js';
import { type QueueDescription } from './entity-description.js';
import { type EntityHost } from './entity-host.js';
import { assertUnchangeable } from './assert-unchangeable.js';
import { type Arrival, type Destination } from '../queue/arrival.js';
import { type MessageContent } from '../queue/message-content.js';
import { Partitions } from './partitions.js';
import { Receivable } from './receivable.js';
import { SendGate } from './send-gate.js';
import { StorageMeter } from '../queue/storage-meter.js';
import { validateDescription } from './validate-description.js';

/** A queue: accepts messages from senders and stores them for receivers. */
export class QueueEntity implements Destination {
  readonly kind = 'queue';
  readonly receivable: Receivable;
  readonly gate: SendGate;
  readonly activity: Activity;
  readonly #meter: StorageMeter;
  readonly #partitions: Partitions;

  /** @throws BrokerError argument-error */
  constructor(
    public description: QueueDescription,
    nowMs: number,
    private readonly host: EntityHost,
  ) {
    validateDescription(description);
    const { name, autoDeleteOnIdleMs } = description;
    const { context } = host;
    this.#meter = new StorageMeter(context.meter);
    this.receivable = new Receivable(name, description, context, host, this.#meter);
    this.#partitions = new Partitions(description);
    this.gate = new SendGate(name, description, context, this.#meter);
    this.activity = new Activity(nowMs, autoDeleteOnIdleMs, context, {
      usedAtMs: (atMs) => this.receivable.usedAtMs(atMs),
      deleteIdle: (atMs) => host.deleteEntity(atMs, name),
    });
  }

  get address(): string {
    return this.description.name;
  }

  get sizeBytes(): number {
    return this.#meter.bytes;
  }

  /** Changes the properties that can be changed. @throws BrokerError argument-error */
  update(nowMs: number, description: QueueDescription): void {
    assertUnchangeable(this.description, description);
    validateDescription(description);
    this.description = { ...description, name: this.description.name };
    this.receivable.configure(nowMs, description);
    this.gate.configure(description);
    this.activity.updated(nowMs, description.autoDeleteOnIdleMs);
    this.record();
  }

  /** Records the entity's current description in the journal. */
  record(): void {
    const { description, address } = this;
    const { createdAtMs, updatedAtMs } = this.activity;
    this.host.context.journal.entityChanged(address, {
      kind: 'queue',
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
    // [Service Bus: a duplicate is accepted and dropped; it still uses up a sequence number]
    if (this.gate.isDuplicate(nowMs, arrival.content)) {
      return this.receivable.main.store.takeSequenceNumber(arrival.partition);
    }
    return this.receivable.accept(nowMs, arrival);
  }

  close(): void {
    this.receivable.close();
    this.gate.close();
    this.activity.close();
    this.host.context.journal.entityRemoved(this.address, this.kind);
  }
}
