import { BrokerError, entityDisabled, entityNotFound } from '../broker-error.js';
import { failDelivery } from './fail-delivery.js';
import { type Queue } from './queue.js';
import { type Receiver } from './receiver.js';
import { ReceiverLine } from './receiver-line.js';

/** The receivers of a message queue: who is attached, whose turn it is, and when it was last used by one. */
export class QueueReceivers {
  readonly #attached = new Set<Receiver>();
  readonly line = new ReceiverLine();
  /** Unix time in milliseconds; 0 before the first use. */
  usedAtMs = 0;
  readonly #queue: Queue;
  #isClosed = false;

  constructor(queue: Queue) {
    this.#queue = queue;
  }

  get size(): number {
    return this.#attached.size;
  }

  /** Notes a use. @throws BrokerError entity-disabled */
  use(): void {
    const { address, context, settings } = this.#queue;
    this.usedAtMs = context.nowMs;
    if (settings.closedToReceivers === 'disabled') throw entityDisabled(address);
  }

  /** @throws BrokerError not-found, entity-disabled, not-allowed (it passes its messages on) */
  attach(receiver: Receiver): void {
    const { address, settings } = this.#queue;
    receiver.attached = false;
    if (this.#isClosed) throw entityNotFound(address);
    this.use();
    if (settings.closedToReceivers === 'forwarding') throw forwards(address);
    receiver.attached = true;
    this.#attached.add(receiver);
  }

  flow(nowMs: number, receiver: Receiver, credit: number, drain: boolean): void {
    if (!receiver.attached) return;
    const { sessions, context } = this.#queue;
    this.usedAtMs = context.nowMs;
    receiver.credit = credit;
    if (receiver.session) {
      sessions?.deliverReady(nowMs, receiver.session);
    } else if (!sessions) {
      this.line.update(receiver);
      this.#queue.deliverReady(nowMs);
    }
    if (!drain) return;
    context.effects.push({ type: 'drained', receiver, unusedCredit: receiver.credit });
    receiver.credit = 0;
    this.line.leave(receiver);
  }

  detach(nowMs: number, receiver: Receiver, releaseLocks: boolean): void {
    if (!receiver.attached) return;
    this.#leave(receiver);
    if (receiver.session) {
      this.#queue.sessions?.release(nowMs, receiver.session);
    } else if (releaseLocks) {
      const held = [...this.#queue.locks.all()].filter(({ lockedBy }) => lockedBy === receiver);
      held.sort((a, b) => a.sequenceNumber - b.sequenceNumber);
      for (const message of held) failDelivery(this.#queue, nowMs, message);
    }
  }

  /** Takes a receiver's place away from it, and tells it why. */
  dismiss(receiver: Receiver, error: BrokerError): void {
    if (!receiver.attached) return;
    this.#leave(receiver);
    this.#queue.context.effects.push({ type: 'detach', receiver, error });
  }

  /** Dismisses those who may no longer receive, now that the queue's settings have changed. */
  dismissIfClosed(nowMs: number): void {
    const { address, settings, sessions } = this.#queue;
    if (!settings.closedToReceivers) return;
    const error = settings.closedToReceivers === 'disabled' ? entityDisabled(address) : forwards(address);
    const dismissed = [...this.#attached];
    for (const receiver of dismissed) this.dismiss(receiver, error);
    // Only now that nobody is left to whom a session could pass.
    for (const { session } of dismissed) if (session) sessions?.release(nowMs, session);
  }

  /** Dismisses all, for good. */
  close(error: BrokerError): void {
    this.#isClosed = true;
    for (const receiver of [...this.#attached]) this.dismiss(receiver, error);
  }

  #leave(receiver: Receiver): void {
    this.usedAtMs = this.#queue.context.nowMs;
    receiver.attached = false;
    receiver.credit = 0;
    this.#attached.delete(receiver);
    this.line.leave(receiver);
    this.#queue.sessions?.sessions.stopWaiting(receiver);
  }
}

function forwards(address: string): BrokerError {
  return new BrokerError(
    'amqp:not-allowed',
    `Cannot create a message receiver on '${address}': it forwards its messages automatically.`,
  );
}
