import { type Sender as RheaSender } from 'rhea';

import { BrokerError, messageLockLost } from '../../model/broker-error.js';
import { type ReceivedMessage } from '../../model/queue/received-message.js';
import { type Outcome } from '../../model/queue/outcome.js';
import {
  type HeldSession,
  Receiver,
  type ReceiveMode,
  type ReceiverPort,
} from '../../model/queue/receiver.js';
import { toAmqpError } from '../amqp-error.js';
import { deliveryEncoder } from '../delivery-bytes.js';
import { type ConnectionContext } from '../context.js';
import { echoSourceWithFilter } from './echo-terminus.js';
import { writeOutcome, writeRejected } from './frame-writer.js';
import { readOutcome } from './read-outcome.js';
import { type OutgoingDeliveries } from './outgoing-deliveries.js';
import { type ChosenOutcome } from './outgoing-transfer.js';
import { refuseLink } from './refuse-link.js';
import { privateConnection, privateLink } from '../rhea-private.js';
import { type SessionRequest, sessionFilter, wrapTicks } from './session-request.js';

const NO_TAG = Buffer.alloc(0);

const ANSWERS: Record<Outcome['type'], Buffer> = {
  complete: writeOutcome(0x24),
  'dead-letter': writeOutcome(0x25, 1),
  abandon: writeOutcome(0x27, 3),
  defer: writeOutcome(0x27, 3),
};

/** A client's receiving link: sends deliveries and receives the client's outcomes. */
export class ReceiverLink implements ReceiverPort {
  readonly receiver: Receiver;
  #open = true;
  #isSilent = false;
  #usedAtMs: number;
  readonly #isOpen = (): boolean => this.#open;

  /** @throws BrokerError if the address cannot be received from in this way */
  constructor(
    private readonly link: RheaSender,
    private readonly deliveries: OutgoingDeliveries,
    readonly address: string,
    mode: ReceiveMode,
    private readonly request: SessionRequest | undefined,
    private readonly context: ConnectionContext,
  ) {
    const { queue } = context.broker.namespace.source(address);
    if (queue.sessions && !request) {
      throw new BrokerError(
        'amqp:not-allowed',
        'It is not possible for an entity that requires sessions to create a non-sessionful message receiver.',
      );
    }
    if (!queue.sessions && request) {
      throw new BrokerError(
        'amqp:not-allowed',
        `A session receiver cannot be created on '${address}': it has no sessions.`,
      );
    }
    this.receiver = new Receiver(queue, mode, this);
    this.#usedAtMs = context.broker.clock.now();
  }

  /** Unix time in milliseconds since which nothing happens on it; Infinity while it waits for messages or a session. */
  get idleSinceMs(): number {
    const { state, credit } = privateLink(this.link);
    return state.local_open && credit === 0 ? this.#usedAtMs : Infinity;
  }

  /** Attaches the receiver in the model; a session is granted at once, granted later, or refused. @throws BrokerError */
  attach(): void {
    const { request, receiver } = this;
    this.context.broker.command((nowMs) => {
      receiver.queue.attach(receiver);
      if (!request) return this.#acknowledgeAttach();
      if (request.sessionId !== undefined)
        receiver.queue.sessions?.accept(nowMs, receiver, request.sessionId);
      else receiver.queue.sessions?.acceptNext(nowMs, receiver, nowMs + request.timeoutMs);
      if (!receiver.session) this.#parkAttach();
    });
    this.context.faults.silences.linkOpened(this);
  }

  /** [fault] Stays open, but has no credit in the model's view. */
  silence(isSilent: boolean): void {
    this.#isSilent = isSilent;
    if (!this.#open) return;
    const credit = isSilent ? 0 : privateLink(this.link).credit;
    this.context.broker.command((nowMs) => this.receiver.queue.flow(nowMs, this.receiver, credit, false));
  }

  flow(): void {
    if (!this.#open || this.#isSilent) return;
    this.#use();
    const refusal = this.#refusalOfCredits();
    if (refusal) return this.#detach(refusal);
    const { credit } = privateLink(this.link);
    const draining = (this.link as unknown as { _draining?: boolean })._draining === true;
    this.context.broker.command((nowMs) => this.receiver.queue.flow(nowMs, this.receiver, credit, draining));
  }

  // A request for messages is refused by detaching: nothing else answers it. Messages asked for before still come.
  #refusalOfCredits(): unknown {
    try {
      this.context.credits.assertLeft();
      return undefined;
    } catch (error) {
      return error;
    }
  }

  #detach(reason: unknown): void {
    this.link.close(toAmqpError(reason, this.context));
    this.closed();
  }

  /** The client or its connection has gone. */
  closed(): void {
    this.context.faults.silences.linkClosed(this);
    if (!this.#open) return;
    this.#open = false;
    this.context.broker.command((nowMs) =>
      this.receiver.queue.detach(nowMs, this.receiver, this.context.locksEndWithLink),
    );
  }

  #use(): void {
    this.#usedAtMs = this.context.broker.clock.now();
  }

  deliver(message: ReceivedMessage): void {
    this.#use();
    this.context.credits.spend(1);
    const { credit, delivery_count: count } = privateLink(this.link);
    privateLink(this.link).credit = credit - 1;
    privateLink(this.link).delivery_count = count + 1;
    const settled = this.receiver.mode === 'receive-and-delete';
    const { lockId } = message;
    this.deliveries.transfer({
      handle: privateLink(this.link).local.handle,
      tag: settled ? NO_TAG : this.context.lockTokens.toDeliveryTag(lockId),
      encode: deliveryEncoder(message),
      settled,
      isWanted: this.#isOpen,
      decided: settled ? undefined : (id, outcome, final) => this.#decided(id, lockId, outcome, final),
    });
  }

  drained(unusedCredit: number): void {
    const link = privateLink(this.link);
    link.delivery_count += unusedCredit;
    link.credit = 0;
    this.deliveries.afterTransfers(() => this.#answerDrain());
  }

  #answerDrain(): void {
    if (!this.#open) return;
    const link = privateLink(this.link);
    // rhea omits the drain flag if no credit is left, and the client would wait for it in vain.
    link._get_drain = () => {
      Reflect.deleteProperty(link, '_get_drain');
      return true;
    };
    link.issue_flow = true;
    privateConnection(this.link.connection)._register();
  }

  sessionGranted(session: HeldSession): void {
    const { attach } = privateLink(this.link).local;
    attach['properties'] = { 'com.microsoft:locked-until-utc': wrapTicks(session.lockedUntilMs) };
    echoSourceWithFilter(this.link, sessionFilter(this.request, session.id));
    this.#acknowledgeAttach();
  }

  detached(error: BrokerError): void {
    if (!this.#open) return;
    this.#open = false;
    // [AMQP 2.6.3] An attach that has not been answered is answered first, without a source.
    if (!privateLink(this.link).state.local_open) this.refuse(error);
    else this.link.close(toAmqpError(error, this.context));
  }

  /** [AMQP 2.6.3] Answers the attach without a source and detaches with the reason. */
  refuse(error: unknown): void {
    this.#open = false;
    refuseLink(this.link, error, this.context);
  }

  #acknowledgeAttach(): void {
    this.link.attach();
    // Deliveries are written at once: the attach has to be sent before the first of them.
    privateConnection(this.link.connection)._process();
  }

  #parkAttach(): void {
    const { state } = privateLink(this.link);
    state.local_open = false;
    state.open_requests = 0;
  }

  #decided(deliveryId: number, lockId: number, chosen: ChosenOutcome | undefined, final: boolean): void {
    const { faults, broker, credits } = this.context;
    const outcome = readOutcome(chosen);
    this.#use();
    let answer = ANSWERS[outcome.type];
    try {
      const fault = faults.takeSettlementFailure(this.address);
      if (fault) throw fault;
      if (!this.#open) throw messageLockLost();
      // [Azure/azure-sdk-for-net#44344: settling is throttled as well; the message stays locked]
      credits.assertLeft();
      broker.command((nowMs) => this.receiver.queue.settle(nowMs, lockId, outcome));
    } catch (error) {
      const { condition, description } = toAmqpError(error, this.context);
      answer = writeRejected(condition, description);
    }
    if (final) return;
    this.context.whenDurable(() =>
      faults.delayAnswer(this.address, () => this.deliveries.answer(deliveryId, answer)),
    );
  }
}
