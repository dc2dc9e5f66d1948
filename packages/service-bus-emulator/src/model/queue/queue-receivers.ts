import { BrokerError, entityDisabled, entityNotFound } from '../broker-error.js';
import { LinkedList } from '../collections/linked-list.js';
import { type QueueCore } from './queue-core.js';
import { type Receiver } from './receiver.js';
import { type ReceiverCount } from './receiver-count.js';
import { ReceiverLine } from './receiver-line.js';

/** The receivers of a message queue: who is attached, whose turn it is, and who waits for a session. */
export class QueueReceivers {
  readonly #attached = new Set<Receiver>();
  /** Receivers that wait for any session to become available. */
  readonly #waiting = new LinkedList<Receiver>();
  /** Receivers with credit, on an entity without sessions. */
  readonly line = new ReceiverLine();
  /** Unix time in milliseconds of the last use by a receiver; 0 before the first. */
  usedAtMs = 0;
  readonly #queue: QueueCore;
  #isClosed = false;

  constructor(
    queue: QueueCore,
    /** Counts what the whole entity has. */
    private readonly count: ReceiverCount,
  ) {
    this.#queue = queue;
  }

  get size(): number {
    return this.#attached.size;
  }

  /** The ids of the sessions that are held. */
  get heldSessions(): string[] {
    return [...this.#attached].flatMap(({ session }) => session?.id ?? []);
  }

  /** Records a use. @throws BrokerError entity-disabled */
  use(): void {
    const { address, context, settings } = this.#queue;
    this.usedAtMs = context.nowMs;
    if (settings.closedToReceivers === 'disabled') throw entityDisabled(address);
  }

  /**
   * @throws BrokerError not-found, entity-disabled, not-allowed (the entity forwards its messages),
   * resource-limit-exceeded
   */
  attach(receiver: Receiver): void {
    const { address, settings } = this.#queue;
    receiver.attached = false;
    if (this.#isClosed) throw entityNotFound(address);
    this.use();
    if (settings.closedToReceivers === 'forwarding') throw forwards(address);
    this.count.assertRoom(address);
    receiver.attached = true;
    this.#attached.add(receiver);
    this.count.add(1);
  }

  setCredit(receiver: Receiver, credit: number): void {
    this.usedAtMs = this.#queue.context.nowMs;
    receiver.credit = credit;
  }

  /** Takes back the credit that is left, and tells the receiver how much that was. */
  drain(receiver: Receiver): void {
    this.#queue.context.effects.push({ type: 'drained', receiver, unusedCredit: receiver.credit });
    receiver.credit = 0;
    this.line.leave(receiver);
  }

  leave(receiver: Receiver): void {
    this.usedAtMs = this.#queue.context.nowMs;
    receiver.attached = false;
    receiver.credit = 0;
    if (this.#attached.delete(receiver)) this.count.add(-1);
    this.line.leave(receiver);
    this.#stopWaiting(receiver);
  }

  /** Detaches a receiver and tells it why. */
  dismiss(receiver: Receiver, error: BrokerError): void {
    if (!receiver.attached) return;
    this.leave(receiver);
    this.#queue.context.effects.push({ type: 'detach', receiver, error });
  }

  /** If the settings forbid receiving, dismisses all receivers; returns them. */
  dismissIfClosed(): Receiver[] {
    const { address, settings } = this.#queue;
    if (!settings.closedToReceivers) return [];
    const error = settings.closedToReceivers === 'disabled' ? entityDisabled(address) : forwards(address);
    const dismissed = [...this.#attached];
    for (const receiver of dismissed) this.dismiss(receiver, error);
    return dismissed;
  }

  /** Dismisses all receivers and admits no others. */
  close(error: BrokerError): void {
    this.#isClosed = true;
    for (const receiver of [...this.#attached]) this.dismiss(receiver, error);
  }

  get hasWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  waitForSession(receiver: Receiver, untilMs: number): void {
    receiver.waitingPlace = this.#waiting.push(receiver);
    this.#queue.timers.set(receiver, untilMs);
  }

  /** Takes the receiver that has waited longest for a session. */
  takeWaiting(): Receiver | undefined {
    const receiver = this.#waiting.first;
    if (receiver) this.#stopWaiting(receiver);
    return receiver;
  }

  #stopWaiting(receiver: Receiver): void {
    if (!receiver.waitingPlace) return;
    this.#waiting.delete(receiver.waitingPlace);
    receiver.waitingPlace = undefined;
    this.#queue.timers.delete(receiver);
  }
}

function forwards(address: string): BrokerError {
  return new BrokerError(
    'amqp:not-allowed',
    `Cannot create a message receiver on '${address}': it forwards its messages automatically.`,
  );
}
