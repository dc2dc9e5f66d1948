import { type QueueDescription } from './entity-description.js';
import { type EntityHost } from './entity-host.js';
import { type Arrival } from '../queue/arrival.js';
import { type MessageStore } from '../queue/message-store.js';
import { Receivable } from './receivable.js';
import { SendableEntity } from './sendable-entity.js';

/** A queue: accepts messages from senders and stores them for receivers. */
export class QueueEntity extends SendableEntity<QueueDescription> {
  readonly kind = 'queue';
  readonly receivable: Receivable;

  /** @throws BrokerError argument-error */
  constructor(description: QueueDescription, nowMs: number, host: EntityHost) {
    super(description, nowMs, host);
    this.receivable = new Receivable(description.name, description, host.context, host, this.meter);
  }

  override close(): void {
    this.receivable.close();
    super.close();
  }

  protected get store(): MessageStore {
    return this.receivable.main.store;
  }

  protected take(nowMs: number, arrival: Arrival): number {
    return this.receivable.accept(nowMs, arrival);
  }

  protected configure(nowMs: number, description: QueueDescription): void {
    this.receivable.configure(nowMs, description);
  }

  protected usedAtMs(nowMs: number): number {
    return this.receivable.usedAtMs(nowMs);
  }

  protected described(): { kind: 'queue'; description: QueueDescription } {
    return { kind: this.kind, description: this.description };
  }
}
