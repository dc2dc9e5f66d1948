import {
  type OperationOptionsBase,
  type ServiceBusMessage,
  type ServiceBusMessageBatch,
} from '@azure/service-bus';

import { errorCode, InterruptedSendError, type Sending, type SendingLink } from '../sdk/index.js';
import { BatchGrouping, type Grouping, keyOf, type Trial } from './batch-grouping.js';
import { type OrderChain, OrderChains } from './order-chain.js';
import { type Sendable, type SendObserver } from './send-observer.js';

/** What a caller wants of a send besides. */
export interface SendOptions {
  /** Whether messages of its session that were sent before may arrive after it. Default: they may not. */
  readonly mayOvertake?: boolean;
  /**
   * Messages of the same order arrive in the order of their sends, whatever their sessions; once one of them has failed,
   * those behind it fail with a PredecessorFailedError instead of leaving.
   */
  readonly order?: string;
}

/** One caller's send, waiting for its turn. */
interface Pending {
  readonly message: Sendable;
  /** Set if the message needs a transfer of its own. */
  readonly options: OperationOptionsBase | undefined;
  /** The session whose order the message has to keep. */
  readonly session: string | undefined;
  /** Set if the message must not leave once an earlier one has failed. */
  readonly chain: OrderChain | undefined;
  /** Set if its sending may become pointless before it leaves. */
  readonly sending: Sending | undefined;
  /** Set once the batch that it travelled in was refused. */
  trial?: Trial;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Bounds a batch, so that one refusal does not affect too many callers. */
const MAX_BATCH_MESSAGES = 1_000;
/** Transfers that wait for the broker's answer at once: further messages gather to larger batches meanwhile. */
const MAX_ON_THEIR_WAY = 32;

/**
 * A sender on which the sends of one turn of the event loop travel as one batch, in the order of the calls; each
 * caller's promise settles with its own message. Batches do not wait for each other's answers.
 *
 * Where a transfer has to be sent again, later ones may have arrived before it: messages of one session therefore
 * never leave before the broker has answered the earlier ones of that session.
 */
export class CoalescingSender {
  private pending: Pending[] = [];
  /** By session: who waits for an answer to earlier messages. There is a list as long as some are on their way. */
  private readonly behind = new Map<string, Pending[]>();
  private readonly chains = new OrderChains();
  private readonly grouping = new BatchGrouping();
  private isFlushing = false;
  private onTheirWay = 0;
  private whenRoom?: () => void;
  private readonly whenIdle: (() => void)[] = [];

  constructor(
    private readonly link: SendingLink,
    private readonly observer?: SendObserver,
  ) {}

  /**
   * Sends one message; resolves when the broker has accepted it. Once `sending` is interrupted, a message that has not
   * left does not leave any more: rejects with an InterruptedSendError.
   */
  send(message: ServiceBusMessage, options?: SendOptions, sending?: Sending): Promise<void> {
    const { order } = options ?? {};
    const session = order ?? (options?.mayOvertake ? undefined : message.sessionId);
    // Joined at once: a tracer may call later.
    const chain = order === undefined ? undefined : this.chains.join(order);
    const tracer = this.observer?.tracer;
    if (!tracer) return this.enqueue(message, undefined, session, chain, sending);
    return tracer.send(message, (traced) => this.enqueue(traced, undefined, session, chain, sending));
  }

  /** Sends an array or a batch in a transfer of its own, after earlier sends. */
  sendAlone(message: Sendable, options: OperationOptionsBase = {}, sending?: Sending): Promise<void> {
    const tracer = this.observer?.tracer;
    if (!tracer) return this.enqueue(message, options, undefined, undefined, sending);
    return tracer.send(message, (traced) => this.enqueue(traced, options, undefined, undefined, sending));
  }

  /** Waits for all sends that have begun; the SDK's sender stays open. */
  idle(): Promise<void> {
    return this.isIdle ? Promise.resolve() : new Promise((resolve) => this.whenIdle.push(resolve));
  }

  private get isIdle(): boolean {
    return this.pending.length === 0 && this.onTheirWay === 0 && !this.isFlushing;
  }

  private enqueue(
    message: Sendable,
    options: OperationOptionsBase | undefined,
    session: string | undefined,
    chain: OrderChain | undefined,
    sending: Sending | undefined,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      this.pending.push({ message, options, session, chain, sending, resolve, reject });
      this.schedule();
    });
  }

  /** After this turn of the event loop, so that its other sends join the batch. */
  private schedule(): void {
    if (this.isFlushing) return;
    this.isFlushing = true;
    setImmediate(() => void this.flush());
  }

  private async flush(): Promise<void> {
    while (this.pending.length > 0) {
      if (this.onTheirWay >= MAX_ON_THEIR_WAY) await new Promise<void>((room) => (this.whenRoom = room));
      await this.sendNext();
    }
    this.isFlushing = false;
    this.tell();
  }

  /** Sends what comes first, and whatever may travel with it; does not wait for the answer. */
  private async sendNext(): Promise<void> {
    const first = this.takeFirst();
    if (!first) return;
    const grouping = first.trial?.grouping ?? this.grouping.current;
    // A message that is alone in its turn needs no batch, and no second look at the link.
    if (first.options || grouping === 'alone' || this.pending.length === 0) return this.carry([first]);
    let batch: ServiceBusMessageBatch;
    try {
      batch = await this.link.createBatch();
    } catch (error) {
      for (const send of [first, ...this.pending.splice(0)]) this.refuse(send, error);
      return this.release([first]);
    }
    if (this.isOver(first)) return this.release([first]);
    const members = this.fill(batch, first, grouping);
    if (members.length > 1) this.carry(members, batch);
    else this.carry(members);
  }

  /** Takes the first one that need not wait for others of its session. */
  private takeFirst(): Pending | undefined {
    for (let index = 0; index < this.pending.length; index++) {
      const send = this.pending[index];
      if (!send || this.isOver(send) || this.waitsBehind(send)) continue;
      if (index === 0) this.pending.shift();
      else this.pending = this.pending.slice(index + 1);
      this.leads(send);
      return send;
    }
    this.pending = [];
    return undefined;
  }

  /** Fills the batch, from the first message on. If that does not fit, it becomes the only member, to be sent alone. */
  private fill(batch: ServiceBusMessageBatch, first: Pending, grouping: Grouping): Pending[] {
    const members: Pending[] = [];
    const result = this.add(first, batch, members);
    if (result === 'full') return [first];
    // Nothing of its session is on its way with it.
    if (result === 'refused') this.release([first]);
    const key = grouping === 'same-key' ? keyOf(first.message) : undefined;
    const left: Pending[] = [];
    const sessions = new Set([first.session]);
    let index = 0;
    for (; index < this.pending.length && members.length + left.length < MAX_BATCH_MESSAGES; index++) {
      const send = this.pending[index];
      if (!send || !mayShare(send, key)) break;
      if (this.isOver(send)) continue;
      // One whose session is in this batch already travels with it, behind the others.
      if (!sessions.has(send.session) && this.waitsBehind(send)) continue;
      if (key !== undefined && keyOf(send.message) !== key) {
        left.push(send);
        continue;
      }
      const added = this.add(send, batch, members);
      if (added === 'full') break;
      if (added === 'refused') continue;
      sessions.add(send.session);
      this.leads(send);
    }
    this.pending = [...left, ...this.pending.slice(index)];
    return members;
  }

  private add(
    send: Pending,
    batch: ServiceBusMessageBatch,
    members: Pending[],
  ): 'added' | 'full' | 'refused' {
    try {
      if (!batch.tryAddMessage(send.message as ServiceBusMessage)) return 'full';
      members.push(send);
      return 'added';
    } catch (error) {
      // Not a message, or one with a property that cannot be encoded.
      this.refuse(send, error);
      return 'refused';
    }
  }

  private carry(members: readonly Pending[], batch?: ServiceBusMessageBatch): void {
    const [first] = members;
    if (!first) return;
    this.onTheirWay++;
    const sending = batch ? new SendingTogether(members) : first.sending;
    this.transfer(batch ?? first.message, first.options, sending).then(
      () => {
        if (members.length > 1) this.grouping.accepted();
        for (const member of members) this.accept(member);
        this.answered(members);
      },
      (error: unknown) => {
        const isLess = error instanceof InterruptedSendError;
        const isAgain = members.length > 1 && (isLess || blamesOneMessage(error));
        if (!isAgain) for (const member of members) this.refuse(member, error);
        else if (!isLess) this.regroup(members);
        this.answered(members, isAgain ? members : []);
      },
    );
  }

  /** Only a faulty message may fail, not those that travelled with it. */
  private regroup(members: readonly Pending[]): void {
    const trial = this.grouping.afterRefusal(members.map(({ message }) => message));
    for (const member of members) {
      // The group that it was sent in again has shown nothing: it was refused as well.
      member.trial?.ended(false);
      member.trial = trial;
    }
  }

  /** The broker has answered a transfer; `again` are those of its messages that are to be sent once more. */
  private answered(members: readonly Pending[], again: readonly Pending[] = []): void {
    this.onTheirWay--;
    this.release(members, again);
    const { whenRoom } = this;
    this.whenRoom = undefined;
    whenRoom?.();
    this.tell();
  }

  /** Puts those who wait behind these messages at the head of the line, in their order. */
  private release(members: readonly Pending[], again: readonly Pending[] = []): void {
    const next = [...again];
    for (const { session } of members) {
      const waiting = session === undefined ? undefined : this.behind.get(session);
      if (session === undefined || !waiting) continue;
      this.behind.delete(session);
      next.push(...waiting);
    }
    if (next.length === 0) return;
    this.pending = [...next, ...this.pending];
    this.schedule();
  }

  private tell(): void {
    if (this.isIdle) for (const idle of this.whenIdle.splice(0)) idle();
  }

  /** Refuses a message that is not to leave any more: its predecessor has failed, or it has become pointless. */
  private isOver(send: Pending): boolean {
    const error = send.sending?.isInterrupted ? new InterruptedSendError() : send.chain?.broken;
    if (error) this.refuse(send, error);
    return error !== undefined;
  }

  private waitsBehind(send: Pending): boolean {
    const behind = send.session === undefined ? undefined : this.behind.get(send.session);
    behind?.push(send);
    return behind !== undefined;
  }

  /** From now on later messages of its session wait. */
  private leads({ session }: Pending): void {
    if (session !== undefined) this.behind.set(session, this.behind.get(session) ?? []);
  }

  private accept(send: Pending): void {
    send.trial?.ended(true);
    this.leave(send);
    send.resolve();
  }

  private refuse(send: Pending, error: unknown): void {
    send.trial?.ended(false);
    this.leave(send, error);
    send.reject(error);
  }

  private leave({ session, chain }: Pending, error?: unknown): void {
    if (session !== undefined && chain) this.chains.left(session, chain, error);
  }

  private transfer(messages: Sendable, options?: OperationOptionsBase, sending?: Sending): Promise<void> {
    const meter = this.observer?.meter;
    if (!meter) return this.link.transfer(messages, options, sending);
    return meter.transfer(messages, () => this.link.transfer(messages, options, sending));
  }
}

/** A batch is not sent as it is once one of its messages has become pointless: the others travel without it. */
class SendingTogether implements Sending {
  constructor(private readonly members: readonly Pending[]) {}

  get isInterrupted(): boolean {
    return this.members.some(({ sending }) => sending?.isInterrupted);
  }
}

/** Whether a message may be in a batch with others, of its own key where one is given. */
function mayShare({ options, trial }: Pending, key: string | undefined): boolean {
  if (options || trial?.grouping === 'alone') return false;
  return key !== undefined || trial === undefined;
}

/** Whether a single message may have caused the error: the broker refuses a batch as a whole. */
function blamesOneMessage(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'GeneralError' || code === 'MessageSizeExceeded';
}
