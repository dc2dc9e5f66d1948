import { randomUUID } from 'node:crypto';

import { type ServiceBusClient, type ServiceBusSessionReceiver } from '@azure/service-bus';

import { acceptSession } from '../sdk/index.js';
import { within } from '../time/within.js';
import { CLOSE_TIMEOUT_MS, REPLY_CREDIT, type ReplyListener, type ReplySource } from './reply-source.js';

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;
const MIN_RENEWAL_MS = 1_000;
const MAX_RENEWAL_MS = 60_000;

/**
 * Receives replies in this client's own session, on a queue that several clients share. The SDK neither accepts a
 * lost session again nor renews its lock for more than some minutes, so this class does both.
 */
export class ReplySession implements ReplySource {
  readonly replyToSessionId = randomUUID();
  private receiver?: ServiceBusSessionReceiver;
  private timer?: NodeJS.Timeout;
  private isClosed = false;

  constructor(
    private readonly client: ServiceBusClient,
    readonly replyTo: string,
    private readonly listener: ReplyListener,
  ) {}

  /** Resolves when the session is accepted; rejects if it is not. */
  async open(): Promise<void> {
    const receiver = await acceptSession(this.client, { entity: this.replyTo }, this.replyToSessionId);
    if (this.isClosed) return void (await within(CLOSE_TIMEOUT_MS, receiver.close()));
    this.receiver = receiver;
    receiver.subscribe(
      {
        processMessage: (message) => {
          this.listener.reply(message);
          return Promise.resolve();
        },
        processError: ({ error, errorSource }) => {
          // A reply that could not be completed is redelivered, and then ignored.
          if (errorSource !== 'complete') this.lost(receiver, error);
          return Promise.resolve();
        },
      },
      { maxConcurrentCalls: REPLY_CREDIT },
    );
    this.renewLater(receiver, receiver.sessionLockedUntilUtc);
    this.listener.receiving();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    if (this.receiver) await within(CLOSE_TIMEOUT_MS, this.receiver.close());
  }

  /** Renewal keeps the lock; its failure reveals a session that was lost silently. */
  private renewLater(receiver: ServiceBusSessionReceiver, lockedUntilUtc: Date): void {
    const halfLifeMs = (lockedUntilUtc.getTime() - Date.now()) / 2;
    const delayMs = Math.min(Math.max(halfLifeMs, MIN_RENEWAL_MS), MAX_RENEWAL_MS);
    this.timer = setTimeout(() => {
      receiver.renewSessionLock().then(
        (until) => {
          if (receiver === this.receiver && !this.isClosed) this.renewLater(receiver, until);
        },
        (error: Error) => this.lost(receiver, error),
      );
    }, delayMs);
  }

  private lost(receiver: ServiceBusSessionReceiver, error: Error): void {
    if (this.isClosed || receiver !== this.receiver) return;
    this.receiver = undefined;
    clearTimeout(this.timer);
    void within(CLOSE_TIMEOUT_MS, receiver.close());
    this.listener.failing(error);
    this.openLater(FIRST_DELAY_MS);
  }

  private openLater(delayMs: number): void {
    this.timer = setTimeout(() => {
      this.open().catch((error: Error) => {
        if (this.isClosed) return;
        this.listener.failing(error);
        this.openLater(Math.min(delayMs * 2, MAX_DELAY_MS));
      });
    }, delayMs);
  }
}
