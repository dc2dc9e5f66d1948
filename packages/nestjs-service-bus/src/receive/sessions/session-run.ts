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
import { within } from '../../time/within.js';
import { type AnnouncedAttempts } from './announced-attempts.js';
import { type IdleSession, SessionIdleTimer } from './session-idle-timer.js';
import { findWaitingMessages } from '../watchdog/find-waiting-messages.js';
import { WaitingRoom } from '../../message/waiting-room.js';

/** Within this time a message that we gave back is with us again, as long as its session is. */
const COMES_AGAIN_MS = 2_000;

/**
 * One held session, from its acceptance until it is released or lost. Its messages are processed one at a time: the
 * broker sends the next one only when the previous one is settled. While a message waits for a retry, the session
 * stays locked; after the wait, the message goes back to the head of the session.
 */
export class SessionRun implements LinkOwner, RenewableLock, IdleSession {
  renewAtMs = 0;
  lockEndsAtMs = 0;
  isRenewing = false;

  /** Resolves when the session is no longer held and no handler works on it. */
  readonly ended: Promise<void>;
  /** The session was taken from us, or given up to preserve its order. */
  isLost = false;

  private readonly link: ReceiverLink;
  private readonly settler: Settler;
  private readonly waitingRoom: WaitingRoom;
  private readonly runtime: MessageRuntime;
  private current?: SessionDelivery;
  /** Set while a message that was given back only to write its attempt down is on its way to us again. */
  private announcedAtMs?: number;
  private comesAgain?: Promise<void>;
  private arrived?: () => void;
  private hasReceived = false;
  private readonly idleTimer: SessionIdleTimer;
  private isStopping = false;
  private isDraining = false;
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
  ) {
    this.ended = new Promise((resolve) => (this.resolveEnded = resolve));
    this.waitingRoom = new WaitingRoom(runtime.clock, (delivery) => this.returnForRetry(delivery));
    this.runtime = { ...runtime, waitingRoom: this.waitingRoom };
    // One credit only: a prefetched message would overtake one that goes back for a retry.
    this.link = new ReceiverLink(receiver, 1, this, runtime.clock);
    this.settler = new Settler(receiver);
    this.idleTimer = new SessionIdleTimer(
      this,
      idleTimeoutMs,
      runtime.binding.watchdog.silenceMs,
      runtime.clock,
    );
  }

  get sessionId(): string {
    return this.receiver.sessionId;
  }

  get isBusy(): boolean {
    const awaitsMs =
      this.announcedAtMs === undefined ? Infinity : this.runtime.clock.now() - this.announcedAtMs;
    return this.current !== undefined || awaitsMs < COMES_AGAIN_MS;
  }

  get isClosed(): boolean {
    return this.receiver.isClosed;
  }

  get receivedAtMs(): number | undefined {
    return this.current?.receivedAtMs;
  }

  get isWaitingForRetry(): boolean {
    return this.waitingRoom.size > 0;
  }

  get lockedUntilUtc(): Date {
    return this.receiver.sessionLockedUntilUtc;
  }

  async hasWaitingMessages(): Promise<boolean> {
    try {
      return (await findWaitingMessages(this.receiver, new Set(), Infinity)).size > 0;
    } catch {
      // No answer: the connection does not work either, so the session has to be released as well.
      return true;
    }
  }

  start(): void {
    this.locks.add(this);
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

  /** The session is lost, and with it the lock of the message in work. */
  lose(cause?: unknown): void {
    if (this.isLost || this.finishing) return;
    this.isLost = true;
    this.locks.remove(this);
    this.current?.lose(cause);
    this.waitingRoom.close();
    // The session keeps its place while a handler works, so that there are never more handlers than places.
    if (!this.current) void this.finish();
  }

  /** Takes no more messages, lets the one in work finish, and releases the session. */
  drain(): Promise<void> {
    this.isDraining = true;
    this.waitingRoom.close();
    void this.release();
    return this.ended;
  }

  /** Aborts the signal of the message in work, gives the message back, and releases the session. */
  async interrupt(reason: Error): Promise<void> {
    const delivery = this.current;
    if (delivery) {
      delivery.interrupt(reason);
      // Only the broker's answer is missing.
      if (delivery.isSettling) return this.ended;
      await (this.givingBack = giveBack(delivery, delivery.attempt - 1));
    }
    await this.finish();
  }

  /** Takes no more messages, and releases the session once none is in work. */
  async release(): Promise<void> {
    this.isStopping = true;
    // Its attempt is written down: it must not be left as one that was made.
    if (this.comesAgain) await within(COMES_AGAIN_MS, this.comesAgain);
    this.comesAgain = undefined;
    // A message that was on its way still arrives, and is processed before the session is released.
    await this.link.stop();
    if (!this.current) await this.finish();
  }

  /** Releases the session at once, even if a message is in work. */
  finish(): Promise<void> {
    this.finishing ??= this.end();
    return this.finishing;
  }

  receive(message: ServiceBusReceivedMessage): void {
    this.process(message).then(
      (goesOn) => {
        if (goesOn) this.link.topUp(1);
      },
      (error: unknown) => {
        // No handler can bring this about: the session goes back as it is.
        this.lose(error);
        void this.finish();
      },
    );
  }

  private async process(message: ServiceBusReceivedMessage): Promise<boolean> {
    // The session is being released, and the message goes back with it.
    if (this.finishing) return false;
    this.runtime.brokerClock.heardEnqueued(message.enqueuedTimeUtc);
    this.arrived?.();
    this.announcedAtMs = this.comesAgain = undefined;
    const announced = this.announced.take(message);
    const delivery = this.deliveryOf(message, announced);
    this.current = delivery;
    this.runtime.observer?.received(delivery);
    if (this.isDraining) {
      // No handler has tried this message, so this delivery does not count as an attempt.
      await giveBack(delivery, delivery.attempt - 1);
    } else if (announced === undefined && this.isToBeAnnounced(delivery)) {
      await this.announce(delivery, delivery.attempt);
    } else {
      await processMessage(delivery, this.runtime);
      if (this.waitingRoom.has(delivery)) await new Promise<void>((resolve) => (this.endRetryWait = resolve));
    }
    this.hasReceived = true;
    // Even if the handler has ended by now, the session must not end before its message is given back.
    await this.givingBack;
    this.link.release(delivery);
    this.current = undefined;
    this.progress.done();
    this.idleTimer.touch();
    // An unsettled message stays locked by this link: going on would process later messages before it.
    if (delivery.state !== 'settled') this.isLost = true;
    const isOver = this.isStopping && !this.comesAgain;
    if (this.isLost || isOver) await this.finish();
    return !this.finishing;
  }

  linkFailed(_link: ReceiverLink, error: Error): void {
    // A session receiver never reconnects: whatever was wrong, the link is gone.
    this.lose(error);
  }

  linkOpened(): void {
    // A session's link is already open when the session is granted.
  }

  linkLost(link: ReceiverLink): void {
    this.lose(link.lastError);
  }

  linkClosed(): void {
    // Messages of a session are settled on its own link only.
  }

  linkReleased(): void {
    // The link is closed together with its session.
  }

  private deliveryOf(message: ServiceBusReceivedMessage, attempt: number | undefined): SessionDelivery {
    const { receiver, settler, link, runtime } = this;
    return new SessionDelivery(message, receiver, settler, link, link.takePlace(), runtime.counting, attempt);
  }

  /**
   * [Service Bus] When the holder of a session dies, the delivery of the message in its hands is not counted. That
   * message is the first one of the session's next holder: only for that one the attempt is written down before it is
   * made, by giving the message back and taking it again.
   */
  private isToBeAnnounced({ attempt }: SessionDelivery): boolean {
    const { binding, counting } = this.runtime;
    // A session on its way back to the broker would not get the message again.
    const isFirst = !this.hasReceived && !this.isStopping;
    return isFirst && binding.sessions?.countsLostRuns === true && attempt <= counting.maxAttempts;
  }

  private async announce(delivery: Delivery, attempt: number): Promise<void> {
    this.announced.add(delivery.message, attempt);
    this.announcedAtMs = this.runtime.clock.now();
    this.comesAgain = new Promise((resolve) => (this.arrived = resolve));
    await giveBack(delivery, attempt);
  }

  private async returnForRetry(delivery: Delivery): Promise<void> {
    const goesOn = !this.isDraining && !this.isStopping && !this.isLost;
    // The message comes again to us: what is written down now may be the attempt that follows.
    const countsNext = goesOn && this.runtime.binding.sessions?.countsLostRuns === true;
    if (countsNext) await this.announce(delivery, delivery.attempt + 1);
    else await giveBack(delivery, delivery.attempt);
    this.endRetryWait?.();
  }

  private async end(): Promise<void> {
    this.idleTimer.close();
    this.locks.remove(this);
    this.arrived?.();
    await this.link.close();
    this.resolveEnded?.();
  }
}
