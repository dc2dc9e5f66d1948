import { type ServiceBusReceivedMessage, type ServiceBusSessionReceiver } from '@azure/service-bus';

import { type BindingRuntime, type MessageRuntime } from '../../message/binding-runtime.js';
import { processMessage } from '../../message/process-message.js';
import { type Delivery } from '../../delivery/delivery.js';
import { giveBack } from '../../delivery/give-back.js';
import { type LockRenewer, type RenewableLock } from '../../delivery/lock-renewer.js';
import { type LinkOwner, ReceiverLink } from '../links/receiver-link.js';
import { type Progress } from '../health/progress.js';
import { Settler } from '../../sdk/index.js';
import { SessionDelivery } from '../../delivery/session-delivery.js';
import { type AnnouncedAttempts } from './announced-attempts.js';
import { COMES_AGAIN_MS, ComingAgain } from './coming-again.js';
import { type IdleSession, SessionIdleTimer } from './session-idle-timer.js';
import { type Arrived, SessionLine } from './session-line.js';
import { type SessionTurn } from './session-turn.js';
import { mayHaveWaitingMessages } from '../watchdog/find-waiting-messages.js';
import { WaitingRoom } from '../../message/waiting-room.js';

/** One message that waits here, and one on its way, so that a handler need not wait for the network. */
const PREFETCH = 2;

/**
 * One held session, from its acceptance until it is released or lost. One handler works on it at a time, in the order
 * of its messages. The next handler begins when the results of the message before are accepted and its completion is on
 * its way: nothing that can happen to that changes the order any more, for
 *
 * - no message is settled before the one ahead of it is, so that what is lost and comes again is always the rest of the
 *   session, from the first unsettled message on;
 * - a completion that fails ends the session here, and the handler behind it is told.
 *
 * A message that is not completed has no successor until it is settled. While it waits for a retry, the session stays
 * locked; after the wait it goes back to the head of the session, and those that are here already wait for it.
 */
export class SessionRun implements LinkOwner, RenewableLock, IdleSession {
  renewAtMs = 0;
  lockEndsAtMs = 0;
  isRenewing = false;
  inDoubt: Promise<void> | undefined = undefined;

  /** Resolves when the session is no longer held and no handler works on it. */
  readonly ended: Promise<void>;
  /** The session was taken from us, or given up to preserve its order. */
  isLost = false;

  private readonly link: ReceiverLink;
  private readonly settler: Settler;
  private readonly waitingRoom: WaitingRoom;
  private readonly runtime: MessageRuntime;
  private readonly line = new SessionLine();
  /** The message that a handler works on, or that waits for a retry. */
  private current?: SessionDelivery | undefined;
  /** The message before, whose completion the broker has not answered. */
  private completing?: SessionDelivery | undefined;
  private readonly comingAgain = new ComingAgain();
  private returnTimer?: NodeJS.Timeout;
  private hasReceived = false;
  private readonly prefetch: number;
  private readonly idleTimer: SessionIdleTimer;
  /** It takes no more messages, and goes back to the broker. */
  isStopping = false;
  private isRetreating = false;
  private finishing?: Promise<void>;
  private givingBack?: Promise<void>;
  private resolveEnded?: () => void;
  private endRetryWait?: () => void;

  constructor(
    private readonly receiver: ServiceBusSessionReceiver,
    private readonly locks: LockRenewer,
    runtime: BindingRuntime,
    private readonly progress: Progress,
    idleTimeoutMs: number,
    private readonly announced: AnnouncedAttempts,
    /** Undefined for a binding without a rate. */
    private readonly turn?: SessionTurn,
  ) {
    this.ended = new Promise((resolve) => (this.resolveEnded = resolve));
    this.waitingRoom = new WaitingRoom(runtime.clock, (delivery) => this.returnForRetry(delivery));
    this.runtime = { ...runtime, waitingRoom: this.waitingRoom };
    const { clock, binding } = runtime;
    // With a rate, what waits would wait for longer than the network takes.
    this.prefetch = turn ? 0 : (binding.prefetch ?? PREFETCH);
    // The first message may be given back at once, to write its attempt down: more would have come for nothing.
    this.link = new ReceiverLink(receiver, 1, this, clock, 1 + this.prefetch);
    this.settler = new Settler(receiver);
    this.idleTimer = new SessionIdleTimer(this, idleTimeoutMs, binding.watchdog.silenceMs, clock);
  }

  get sessionId(): string {
    return this.receiver.sessionId;
  }

  get isBusy(): boolean {
    const { current, completing, line } = this;
    return current !== undefined || completing !== undefined || line.size > 0 || line.isHeldUp;
  }

  get isClosed(): boolean {
    return this.receiver.isClosed;
  }

  get receivedAtMs(): number | undefined {
    return (this.completing ?? this.current)?.receivedAtMs;
  }

  get isWaitingForRetry(): boolean {
    return this.waitingRoom.size > 0;
  }

  get lockedUntilUtc(): Date {
    return this.receiver.sessionLockedUntilUtc;
  }

  hasWaitingMessages(): Promise<boolean> {
    return mayHaveWaitingMessages(this.receiver);
  }

  /** Begins to receive; its lock is renewed by now. */
  start(): void {
    this.idleTimer.start();
    try {
      this.link.open();
    } catch (error) {
      // The session was lost after it was granted.
      this.lose(error);
    }
  }

  renew(): Promise<Date> {
    return this.receiver.renewSessionLock();
  }

  /** The session is lost, and with it the locks of its messages. */
  lose(cause?: unknown): void {
    if (this.isLost || this.finishing) return;
    this.isLost = true;
    this.locks.remove(this);
    this.line.clear();
    for (const delivery of [this.completing, this.current]) delivery?.lose(cause);
    this.waitingRoom.close();
    this.turn?.leave();
    // The session keeps its place while a handler works, so that there are never more handlers than places.
    this.goOn();
  }

  /** Begins with no further message, lets the one in work finish, or wait for its retry, and releases the session. */
  retreat(): void {
    this.isRetreating = true;
    // They go back with the session.
    if (!this.comingAgain.isExpected) this.line.clear();
    void this.release();
    this.turn?.leave();
  }

  /** The same, without a wait for a retry. */
  drain(): Promise<void> {
    this.retreat();
    this.waitingRoom.close();
    return this.ended;
  }

  /** Aborts the signal of the message in work, gives the message back, and releases the session. */
  async interrupt(reason: Error): Promise<void> {
    const delivery = this.current;
    if (delivery) {
      delivery.interrupt(reason);
      // Only the broker's answer is missing.
      if (delivery.isSettling) return this.ended;
      await (this.givingBack = giveBack(delivery, delivery.failedAttempts));
    } else if (this.completing) return this.ended;
    await this.finish();
  }

  /** Takes no more messages, and releases the session once none is in work. */
  async release(): Promise<void> {
    this.isStopping = true;
    // Its attempt is written down: it must not be left as one that was made.
    if (this.comingAgain.isExpected) await this.comingAgain.end();
    // A message that was on its way still arrives, and is processed before the session is released.
    await this.link.stop();
    this.goOn();
  }

  /** Releases the session at once, even if a message is in work. */
  finish(): Promise<void> {
    return (this.finishing ??= this.end());
  }

  receive(message: ServiceBusReceivedMessage): void {
    // The session is being released, and the message goes back with it.
    if (this.finishing || this.isLost || (this.isRetreating && !this.comingAgain.isExpected)) return;
    this.locks.heardEnqueued(message.enqueuedTimeUtc);
    this.line.add({ message, place: this.link.takePlace() });
    if (!this.line.isHeldUp) {
      clearTimeout(this.returnTimer);
      this.comingAgain.arrived();
    }
    this.goOn();
  }

  /** Begins with the next message, or ends the session if there is to be none. */
  private goOn(): void {
    if (this.current || this.finishing) return;
    const next = this.isLost ? undefined : this.line.take();
    if (next) {
      this.process(next).catch((error: unknown) => {
        // No handler can bring this about: the session goes back as it is.
        this.lose(error);
        void this.finish();
      });
    } else if (this.isLost || (this.isStopping && !this.comingAgain.isExpected)) {
      if (!this.completing) void this.finish();
    }
    this.topUp();
  }

  private topUp(): void {
    if (this.isStopping || this.isLost || this.finishing) return;
    const { current, line } = this;
    const ahead = this.hasReceived ? this.prefetch - line.size : 0;
    // Something is to come in any case: the next message, or the one that has gone back.
    const least = line.isHeldUp || (!current && line.size === 0) ? 1 : 0;
    this.link.topUp(Math.max(ahead, least));
  }

  private async process(arrived: Arrived): Promise<void> {
    const announced = this.announced.take(arrived.message);
    const delivery = this.deliveryOf(arrived, announced);
    this.current = delivery;
    this.runtime.observer?.received(delivery);
    if (this.isRetreating) {
      // No handler has tried this message, so this delivery does not count as an attempt.
      await giveBack(delivery, delivery.attempt - 1);
    } else if (announced === undefined && this.isToBeAnnounced(delivery)) {
      await this.announce(delivery, delivery.attempt);
      this.hasReceived = true;
    } else if (this.turn && !(await this.turn.take())) {
      await giveBack(delivery, delivery.attempt - 1);
    } else {
      this.hasReceived = true;
      delivery.onCompleting = () => this.passOn(delivery);
      await processMessage(delivery, this.runtime);
      if (this.waitingRoom.has(delivery)) await new Promise<void>((resolve) => (this.endRetryWait = resolve));
    }
    // Even if the handler has ended by now, the session must not end before its message is given back.
    if (this.current === delivery) await this.givingBack;
    this.done(delivery);
  }

  linkFailed(_link: ReceiverLink, error: Error): void {
    // A session receiver never reconnects: whatever was wrong, the link is gone.
    this.lose(error);
  }

  linkLost(link: ReceiverLink): void {
    this.lose(link.lastError);
  }

  /** The results of this message are accepted, and its completion is on its way: the next one may begin. */
  private passOn(delivery: SessionDelivery): void {
    delivery.isCompleting = true;
    // One completion at a time is enough for the network, and a longer rest of the session would be done again.
    if (this.current !== delivery || this.completing) return;
    this.current = undefined;
    this.completing = delivery;
    this.goOn();
  }

  private done(delivery: SessionDelivery): void {
    this.link.release(delivery);
    if (this.current === delivery) this.current = undefined;
    else this.completing = undefined;
    delivery.end();
    // From now on it waits for nobody.
    if (this.current) this.current.previous = undefined;
    this.progress.done();
    this.idleTimer.touch();
    // It stays locked by this link: going on would process later messages before it.
    if (delivery.state !== 'settled') this.lose();
    // It has gone back, and does not come again: it was its last delivery, or its time was over.
    clearTimeout(this.returnTimer);
    if (this.line.isHeldUp) this.returnTimer = setTimeout(() => this.lose(), COMES_AGAIN_MS);
    const { current } = this;
    // Its own completion leaves first: it has waited for this end as well, and for longer.
    if (current?.isCompleting) void delivery.ended.then(() => this.passOn(current));
    this.goOn();
  }

  private deliveryOf({ message, place }: Arrived, attempt?: number): SessionDelivery {
    const { receiver, settler, link, runtime } = this;
    const delivery = new SessionDelivery(message, receiver, settler, link, place, runtime.counting, attempt);
    delivery.previous = this.completing?.ended;
    delivery.onAbandoning = () => {
      // One that was announced is taken again, and run, even if the session is on its way back.
      if (this.isStopping && !this.comingAgain.isExpected) this.line.breakOff();
      else this.line.expect(message);
      this.topUp();
    };
    return delivery;
  }

  /**
   * [Service Bus] When the holder of a session dies, the delivery of the message in its hands is not counted. That
   * message is the first one of the session's next holder: only for that one the attempt is written down before it is
   * made, by giving the message back and taking it again.
   */
  private isToBeAnnounced({ attempt }: SessionDelivery): boolean {
    const { binding, counting } = this.runtime;
    // A session on its way back to the broker would not get the message again.
    if (this.hasReceived || this.isStopping) return false;
    return binding.sessions?.countsLostRuns === true && attempt <= counting.maxAttempts;
  }

  private async announce(delivery: Delivery, attempt: number): Promise<void> {
    this.announced.add(delivery.message, attempt);
    this.comingAgain.expect();
    await giveBack(delivery, attempt);
  }

  private async returnForRetry(delivery: Delivery): Promise<void> {
    const goesOn = !this.isRetreating && !this.isStopping && !this.isLost;
    // The message comes again to us: what is written down now may be the attempt that follows.
    const countsNext = goesOn && this.runtime.binding.sessions?.countsLostRuns === true;
    if (countsNext) await this.announce(delivery, delivery.attempt + 1);
    else await giveBack(delivery, delivery.attempt);
    this.endRetryWait?.();
  }

  private async end(): Promise<void> {
    this.idleTimer.close();
    clearTimeout(this.returnTimer);
    this.locks.remove(this);
    this.line.clear();
    this.comingAgain.arrived();
    await this.link.close();
    this.resolveEnded?.();
  }
}
