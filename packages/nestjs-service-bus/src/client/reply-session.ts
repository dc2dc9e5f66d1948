import { randomUUID } from 'node:crypto';

import { type ServiceBusClient, type ServiceBusSessionReceiver } from '@azure/service-bus';

import { LockLostError } from '../exceptions/lock-lost.error.js';
import { LockRenewer, type RenewableLock } from '../delivery/lock-renewer.js';
import { acceptSession, throttlePauseMs } from '../sdk/index.js';
import { type BrokerClock } from '../time/broker-clock.js';
import { SYSTEM_CLOCK } from '../time/clock.js';
import { within } from '../time/within.js';
import { CLOSE_TIMEOUT_MS, REPLY_CREDIT, type ReplyListener, type ReplySource } from './reply-source.js';

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;

/**
 * Receives replies in this client's own session, on a queue that several clients share. The SDK neither accepts a
 * lost session again nor renews its lock for more than some minutes, so this class sees to both.
 */
export class ReplySession implements ReplySource {
  readonly replyToSessionId = randomUUID();
  private readonly locks: LockRenewer;
  private lock?: SessionLock;
  private timer?: NodeJS.Timeout;
  private isClosed = false;

  constructor(
    private readonly client: ServiceBusClient,
    readonly replyTo: string,
    private readonly listener: ReplyListener,
    private readonly brokerClock: BrokerClock,
  ) {
    this.locks = new LockRenewer(SYSTEM_CLOCK, brokerClock);
  }

  /** Resolves when the session is accepted; rejects if it is not. */
  async open(): Promise<void> {
    const receiver = await acceptSession(this.client, { entity: this.replyTo }, this.replyToSessionId);
    if (this.isClosed) return void (await within(CLOSE_TIMEOUT_MS, receiver.close()));
    const lock = (this.lock = new SessionLock(receiver, (cause) => this.lost(lock, cause)));
    receiver.subscribe(
      {
        processMessage: (message) => {
          this.brokerClock.heardEnqueued(message.enqueuedTimeUtc);
          this.listener.reply(message);
          return Promise.resolve();
        },
        processError: ({ error, errorSource }) => {
          // A reply that could not be completed is redelivered, and then ignored.
          if (errorSource !== 'complete') this.lost(lock, error);
          return Promise.resolve();
        },
      },
      { maxConcurrentCalls: REPLY_CREDIT },
    );
    // Its renewal also reveals a session that was lost silently.
    this.locks.add(lock);
    this.listener.receiving();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.locks.close();
    if (this.lock) await within(CLOSE_TIMEOUT_MS, this.lock.receiver.close());
  }

  private lost(lock: SessionLock, error: Error): void {
    if (this.isClosed || lock !== this.lock) return;
    this.lock = undefined;
    this.locks.remove(lock);
    void within(CLOSE_TIMEOUT_MS, lock.receiver.close());
    this.listener.failing(error);
    this.openLater(FIRST_DELAY_MS, error);
  }

  private openLater(delayMs: number, cause: Error): void {
    this.timer = setTimeout(
      () => {
        this.open().catch((error: Error) => {
          if (this.isClosed) return;
          this.listener.failing(error);
          this.openLater(Math.min(delayMs * 2, MAX_DELAY_MS), error);
        });
      },
      Math.max(delayMs, throttlePauseMs(cause)),
    );
  }
}

/** The lock of a session that replies come in. */
class SessionLock implements RenewableLock {
  renewAtMs = 0;
  lockEndsAtMs = 0;
  isRenewing = false;

  constructor(
    readonly receiver: ServiceBusSessionReceiver,
    private readonly lost: (cause: Error) => void,
  ) {}

  get lockedUntilUtc(): Date {
    return this.receiver.sessionLockedUntilUtc;
  }

  renew(): Promise<Date> {
    return this.receiver.renewSessionLock();
  }

  lose(cause?: unknown): void {
    this.lost(cause instanceof Error ? cause : new LockLostError(this.receiver.sessionId));
  }
}
