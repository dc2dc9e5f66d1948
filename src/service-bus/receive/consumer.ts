import {
  type ServiceBusClient,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from '@azure/service-bus';

import { type Binding } from '../binding/binding.js';
import { errorCode } from '../error-code.js';
import { recordAttempts } from '../message/attempts.js';
import { type BindingPath, type MessagePath, openPath } from '../message/message-path.js';
import { isFailure } from '../message/outcome.js';
import { processMessage } from '../message/process-message.js';
import { settle } from '../message/settle.js';
import { within } from '../within.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { type ConsumerHealth } from './consumer-health.js';
import { createReceiver } from './create-receiver.js';
import { Delivery } from './delivery.js';
import { DrainedError } from './drained.error.js';
import { type LockRenewer } from './lock-renewer.js';
import { LinkChain } from './link-chain.js';
import { type LinkOwner, ReceiverLink } from './receiver-link.js';
import { type ConsumerObserver, Reception } from './reception.js';
import { Slots } from './slots.js';
import { WaitingRoom } from './waiting-room.js';

const LAST_SETTLEMENTS_MS = 2_000;
export { type ConsumerObserver } from './reception.js';

/** Receives the messages of one binding, and has each of them processed within the binding's limits. */
export class Consumer implements LinkOwner {
  private readonly binding: Binding;
  private readonly slots: Slots;
  private readonly waitingRoom: WaitingRoom;
  private readonly path: MessagePath;
  /** Settles and renews for all links; it never opens one of its own. */
  private readonly settler: ServiceBusReceiver;
  private readonly links: LinkChain;
  private readonly reception: Reception;
  private readonly breaker?: CircuitBreaker;
  private readonly inWork = new Set<Delivery>();
  private isDraining = false;
  private whenIdle?: () => void;

  constructor(
    client: ServiceBusClient,
    private readonly locks: LockRenewer,
    path: BindingPath,
    observer: ConsumerObserver,
  ) {
    this.binding = path.binding;
    this.slots = new Slots(this.binding.maxConcurrentCalls);
    this.waitingRoom = new WaitingRoom(path.clock, (delivery) => this.giveBack(delivery, delivery.attempt));
    this.path = { ...openPath(path), waitingRoom: this.waitingRoom };
    this.reception = new Reception(this.describe(), path.logger, observer);
    this.breaker = this.makeBreaker();
    this.settler = createReceiver(client, this.binding);
    const { maxConcurrentCalls } = this.binding;
    this.links = new LinkChain(
      () => new ReceiverLink(createReceiver(client, this.binding), maxConcurrentCalls, this, path.clock),
    );
  }

  start(): void {
    this.links.start();
  }

  health(): ConsumerHealth {
    const { pattern, entityPath } = this.binding;
    const counts = {
      inWork: this.inWork.size - this.waitingRoom.size,
      waitingForRetry: this.waitingRoom.size,
    };
    const details = { pattern, entityPath, ...counts, ...(this.breaker && { circuit: this.breaker.state }) };
    if (this.isDraining) return { ...details, state: 'draining' };
    const { error } = this.reception;
    if (!error) return { ...details, state: this.links.isReceiving ? 'receiving' : 'connecting' };
    const cause = { code: errorCode(error) ?? error.name, message: error.message };
    return { ...details, state: 'failing', error: cause };
  }

  /** Takes a message in: resolves when the broker may send another one for it. */
  async receive(message: ServiceBusReceivedMessage, link: ReceiverLink): Promise<void> {
    const delivery = new Delivery(message, this.settler, link, link.takePlace());
    this.inWork.add(delivery);
    this.locks.add(delivery);
    this.links.delivered(link);
    if (this.slots.tryTake() || (await this.slots.take())) {
      try {
        const era = this.breaker?.begun() ?? 0;
        const outcome = await processMessage(delivery, this.path);
        if (outcome) this.breaker?.end(era, isFailure(outcome));
      } finally {
        this.slots.release();
        if (!this.waitingRoom.has(delivery)) this.end(delivery);
      }
    } else {
      // A drain has begun: nobody has tried this message, so its next delivery is no further attempt.
      await this.giveBack(delivery, delivery.attempt - 1);
    }
    // The SDK gives credit when this promise resolves: one that stays open keeps it.
    if (!link.takesCreditBack) await new Promise<void>(() => undefined);
  }

  linkOpened(link: ReceiverLink): void {
    this.links.opened(link);
    this.reception.opened(link);
  }

  linkLost(link: ReceiverLink): void {
    if (!this.isDraining) {
      if (link.wasRefused && link.lastError) this.linkFailed(link, link.lastError);
      this.links.lost(link);
    }
    this.settleElsewhere();
    this.reception.lost();
  }

  linkClosed(): void {
    this.settleElsewhere();
  }

  linkFailed(link: ReceiverLink, error: Error): void {
    if (!this.isDraining && this.links.isInUse(link)) this.reception.failed(error);
  }

  /**
   * Stops receiving, gives back what waits, and lets handlers finish; those that are not done after `graceMs`
   * are told by their signal, and their messages given back.
   */
  async drain(graceMs: number): Promise<void> {
    if (this.isDraining) return;
    this.isDraining = true;
    this.slots.close();
    this.waitingRoom.close();
    this.path.outputs.close();
    this.breaker?.close();
    const stopped = this.links.stop();
    if ((await within(graceMs, this.idle())) === 'late') await this.interrupt();
    await stopped;
  }

  /** Closes all links; what could not be settled by now comes again when its lock ends. */
  async close(): Promise<void> {
    for (const delivery of this.inWork) delivery.lose(new DrainedError());
    await this.links.close();
    await within(LAST_SETTLEMENTS_MS, this.settler.close());
  }

  /** For the messages of all links that are gone, not the last one only: their answers may be gone as well. */
  private settleElsewhere(): void {
    for (const delivery of this.inWork) {
      if (delivery.link.isOpen) continue;
      delivery.linkLost();
      this.locks.check(delivery);
    }
  }

  private async interrupt(): Promise<void> {
    const late = [...this.inWork];
    this.path.logger.warn(
      `${this.describe()}: ${late.length} messages were not done in time and are given back`,
    );
    for (const delivery of late) delivery.interrupt(new DrainedError());
    const given = Promise.all(late.map((delivery) => this.giveBack(delivery, delivery.attempt - 1)));
    await within(LAST_SETTLEMENTS_MS, given);
  }

  private async giveBack(delivery: Delivery, failedAttempts: number): Promise<void> {
    const properties = recordAttempts(delivery.message, failedAttempts);
    await settle(delivery, { kind: 'abandon', properties });
    this.end(delivery);
  }

  private end(delivery: Delivery): void {
    if (!this.inWork.delete(delivery)) return;
    this.locks.remove(delivery);
    delivery.link.release(delivery);
    this.links.released(delivery.link);
    if (this.inWork.size === 0) this.whenIdle?.();
  }

  private idle(): Promise<void> {
    return this.inWork.size === 0 ? Promise.resolve() : new Promise((resolve) => (this.whenIdle = resolve));
  }

  private makeBreaker(): CircuitBreaker | undefined {
    const { circuitBreaker, maxConcurrentCalls } = this.binding;
    if (!circuitBreaker) return undefined;
    return new CircuitBreaker(circuitBreaker, this.slots, maxConcurrentCalls, this.path.clock, (state) =>
      this.path.logger.warn(`${this.describe()}: the circuit is ${state}`),
    );
  }

  private describe(): string {
    return `${this.binding.pattern} (${this.binding.entityPath})`;
  }
}
