import { type ServiceBusReceivedMessage, type ServiceBusSessionReceiver } from '@azure/service-bus';

import { type BindingRuntime, type MessageRuntime } from '../../message/binding-runtime.js';
import { processMessage } from '../../message/process-message.js';
import { type Delivery } from '../../delivery/delivery.js';
import { giveBack } from '../../delivery/give-back.js';
import { type LockRenewer, type RenewableLock } from '../../delivery/lock-renewer.js';
import { type LinkOwner, ReceiverLink } from '../links/receiver-link.js';
import { type Progress } from '../health/progress.js';
import { SessionDelivery } from '../../delivery/session-delivery.js';
import { within } from '../../time/within.js';
import { type AnnouncedAttempts } from './announced-attempts.js';
import { type IdleSession, SessionIdle } from './session-idle.js';
import { findWaitingMessages } from '../watchdog/waiting-messages.js';
import { WaitingRoom } from '../../message/waiting-room.js';

/** Within this time a message that we gave back is with us again, as long as its session is. */
const COMES_AGAIN_MS = 2_000;

/**
 * One session in our hands, from its acceptance until it is released or lost. Its messages are processed one
 * after the other: the broker sends the next one only when the one before is settled. A message that waits for a
 * retry keeps the session's lock, and goes back to the head of its session when the wait is over.
 */
export class SessionRun implements LinkOwner, RenewableLock, IdleSession {
  renewAtMs = 0;
  lockEndsAtMs = 0;
  isRenewing = false;

  /** Resolves when the session is in our hands no more, and no handler works on it. */
  readonly ended: Promise<void>;
  /** The session was taken from us, or given up to keep its order. */
  isLost = false;

  private readonly link: ReceiverLink;
  private readonly waitingRoom: WaitingRoom;
  private readonly runtime: MessageRuntime;
  private current?: SessionDelivery;
  /** Set while a message that was given back only to write its attempt down is on its way to us again. */
  private announcedAtMs?: number;
  private comesAgain?: Promise<void>;
  private arrived?: () => void;
  private hasReceived = false;
  private readonly idle: SessionIdle;
  private isStopping = false;
  private isDraining = false;
  private finishing?: Promise<void>;
  private givingBack?: Promise<void>;
  private resolveEnded?: () => void;
  private leaveRetry?: () => void;

  constructor(
    private readonly receiver: ServiceBusSessionReceiver,
    private readonly locks: LockRenewer,
    runtime: BindingRuntime,
    private readonly progress: Progress,
    idleTimeoutMs: number,
    private readonly announced: AnnouncedAttempts,
  ) {
    this.ended = new Promise((resolve) => (this.resolveEnded = resolve));
    this.waitingRoom = new WaitingRoom(runtime.clock, (delivery) => this.tryAgain(delivery));
    this.runtime = { ...runtime, waitingRoom: this.waitingRoom };
    // One credit: a message that was prefetched would overtake one that goes back for a retry.
    this.link = new ReceiverLink(receiver, 1, this, runtime.clock);
    this.idle = new SessionIdle(this, idleTimeoutMs, runtime.binding.watchdog.silenceMs, runtime.clock);
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

  async hasWaiting(): Promise<boolean> {
    try {
      return (await findWaitingMessages(this.receiver, new Set(), Infinity)).size > 0;
    } catch {
      // Nor does the way to the broker work.
      return true;
    }
  }

  start(): void {
    this.locks.add(this);
    this.idle.start();
    try {
      this.link.open();
    } catch (error) {
      // The session was lost between its grant and now.
      this.lose(error);
    }
  }

  renew(): Promise<Date> {
    return this.receiver.renewSessionLock();
  }

  /** The session is gone, and with it the lock of the message in work. */
  lose(cause?: unknown): void {
    if (this.isLost || this.finishing) return;
    this.isLost = true;
    this.locks.remove(this);
    this.current?.lose(cause);
    this.waitingRoom.close();
    // The place of a session stays taken while a handler works: there are never more handlers than places.
    if (!this.current) void this.finish();
  }

  /** Takes no further message, lets the one in work finish, and releases the session. */
  drain(): Promise<void> {
    this.isDraining = true;
    this.waitingRoom.close();
    void this.release();
    return this.ended;
  }

  /** Gives back the message in work, whose handler is told by its signal, and releases the session. */
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

  /** Takes no further message, and releases the session once none is in work. */
  async release(): Promise<void> {
    this.isStopping = true;
    // Its attempt is written down: it must not be left as one that was made.
    if (this.comesAgain) await within(COMES_AGAIN_MS, this.comesAgain);
    this.comesAgain = undefined;
    // What was on its way still arrives, and is processed before the session goes.
    await this.link.stop();
    if (!this.current) await this.finish();
  }

  /** Releases the session, whatever is in work. */
  finish(): Promise<void> {
    this.finishing ??= this.end();
    return this.finishing;
  }

  async receive(message: ServiceBusReceivedMessage): Promise<boolean> {
    // The session is on its way back to the broker, and the message with it.
    if (this.finishing) return false;
    this.arrived?.();
    this.announcedAtMs = this.comesAgain = undefined;
    const announced = this.announced.take(message);
    const delivery = this.deliveryOf(message, announced);
    this.current = delivery;
    this.runtime.observer?.received(delivery);
    if (this.isDraining) {
      // Nobody has tried this message, so its next delivery is no further attempt.
      await giveBack(delivery, delivery.attempt - 1);
    } else if (announced === undefined && this.isToBeAnnounced(delivery)) {
      await this.announce(delivery, delivery.attempt);
    } else {
      await processMessage(delivery, this.runtime);
      if (this.waitingRoom.has(delivery)) await new Promise<void>((resolve) => (this.leaveRetry = resolve));
    }
    this.hasReceived = true;
    // A handler that has ended by then does not end the session before its message is back.
    await this.givingBack;
    this.link.release(delivery);
    this.current = undefined;
    this.progress.done();
    this.idle.touch();
    // An unsettled message stays locked by this link: going on would leave it behind, out of its order.
    if (delivery.state !== 'settled') this.isLost = true;
    const isOver = this.isStopping && !this.comesAgain;
    if (this.isLost || isOver) await this.finish();
    return !this.finishing;
  }

  linkFailed(_link: ReceiverLink, error: Error): void {
    // Session receivers do not come back: whatever was wrong, the link is gone.
    this.lose(error);
  }

  linkOpened(): void {
    // The link of a session is open before we have it.
  }

  linkLost(link: ReceiverLink): void {
    this.lose(link.lastError);
  }

  linkClosed(): void {
    // Nothing is settled elsewhere.
  }

  linkReleased(): void {
    // The link ends with its session.
  }

  private deliveryOf(message: ServiceBusReceivedMessage, attempt: number | undefined): SessionDelivery {
    const { receiver, link, runtime } = this;
    return new SessionDelivery(message, receiver, link, link.takePlace(), runtime.counting, attempt);
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

  private async tryAgain(delivery: Delivery): Promise<void> {
    const goesOn = !this.isDraining && !this.isStopping && !this.isLost;
    // The message comes again to us: what is written down now may be the attempt that follows.
    const countsNext = goesOn && this.runtime.binding.sessions?.countsLostRuns === true;
    if (countsNext) await this.announce(delivery, delivery.attempt + 1);
    else await giveBack(delivery, delivery.attempt);
    this.leaveRetry?.();
  }

  private async end(): Promise<void> {
    this.idle.close();
    this.locks.remove(this);
    this.arrived?.();
    await this.link.close();
    this.resolveEnded?.();
  }
}
