import { type Logger } from '@nestjs/common';
import { serviceBusErrorCode } from 'nestjs-service-bus';

import { type Refusal, type WaitingMessage } from '../store/outbox-store.js';
import { type DelivererObserver } from './deliverer-observer.js';
import { describeFailure } from './judge-failure.js';

/** A destination that takes nothing. */
export interface BlockedDestination {
  readonly destination: string;
  /** The broker's code, or the error's name. */
  readonly reason: string;
  readonly description: string;
  readonly since: Date;
}

/** Counts since the start. */
export interface DelivererCounts {
  readonly sent: number;
  readonly refused: number;
  readonly lanesLost: number;
}

type Log = Pick<Logger, 'log' | 'warn' | 'error'>;

/** Destinations come from messages: more than this are not told one by one. */
const MAX_BLOCKED = 100;

/** What a deliverer is doing, for logs, health and metrics: a state is logged when it changes, not at each try. */
export class DelivererState implements DelivererObserver {
  readonly counts = { sent: 0, refused: 0, lanesLost: 0 };
  /** Why the database does not answer; undefined while it does. */
  databaseError?: string;
  isListening = false;
  private readonly blocked = new Map<string, BlockedDestination & { lastAtMs: number }>();
  private lastLook?: number;
  private isDeaf = false;

  constructor(
    private readonly logger: Log,
    /** The longest time between two tries of a destination, in milliseconds. */
    private readonly triedEveryMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get blockedDestinations(): readonly BlockedDestination[] {
    this.forgetBlocked();
    return [...this.blocked.values()].map(({ lastAtMs: _, ...blocked }) => blocked);
  }

  /** How long ago the database last answered, in milliseconds; undefined if it never did. */
  get sinceLastLookMs(): number | undefined {
    return this.lastLook === undefined ? undefined : this.now() - this.lastLook;
  }

  looked(): void {
    this.lastLook = this.now();
  }

  sent(messages: readonly WaitingMessage[]): void {
    this.counts.sent += messages.length;
    if (this.blocked.size === 0) return;
    for (const { destination } of messages) {
      if (this.blocked.delete(destination)) this.logger.log(`${destination} takes messages again`);
    }
  }

  refused({ id, reason, description }: Refusal): void {
    this.counts.refused++;
    this.logger.error(
      `a message is set aside, the broker refuses it for good: ${reason}: ${description} (row ${id})`,
    );
  }

  unavailable(destination: string, error: unknown): void {
    const known = this.blocked.get(destination);
    if (known) known.lastAtMs = this.now();
    if (this.blocked.size >= MAX_BLOCKED) this.forgetBlocked();
    if (known || this.blocked.size >= MAX_BLOCKED) return;
    const { reason, description } = describeFailure(error);
    this.blocked.set(destination, {
      ...{ destination, reason, description, since: new Date() },
      lastAtMs: this.now(),
    });
    const remedy = REMEDIES[serviceBusErrorCode(error) ?? ''];
    this.logger.warn(
      `${destination} takes no messages, they wait in the outbox: ${reason}: ${description}${remedy ? `; ${remedy}` : ''}`,
    );
  }

  /** Another process has sent the messages, or somebody has deleted them: this one hears no more of the destination. */
  private forgetBlocked(): void {
    const sinceMs = this.now() - 3 * this.triedEveryMs;
    for (const { destination, lastAtMs } of this.blocked.values()) {
      if (lastAtMs < sinceMs) this.blocked.delete(destination);
    }
  }

  lanesLost(count: number): void {
    this.counts.lanesLost += count;
    this.logger.warn(
      `${count} lanes were taken over by others while messages were on their way: some are sent twice, with the same id`,
    );
  }

  databaseFailed(error: unknown): void {
    const { reason, description } = describeFailure(error);
    const text = `${reason}: ${description}`;
    if (this.databaseError === undefined)
      this.logger.error(`the database does not answer, messages wait: ${text}`);
    this.databaseError = text;
  }

  databaseAnswers(): void {
    if (this.databaseError !== undefined) this.logger.log('the database answers again');
    this.databaseError = undefined;
  }

  listening(): void {
    if (this.isDeaf) this.logger.log('announcements of messages are heard again');
    this.isDeaf = false;
    this.isListening = true;
  }

  deaf(error: unknown): void {
    this.isListening = false;
    if (this.isDeaf) return;
    this.isDeaf = true;
    this.logger.warn(
      `announcements of messages are not heard, they wait for the next poll: ${describeFailure(error).description}`,
    );
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  MessagingEntityNotFound: 'create the entity, or set its messages aside by hand',
  UnauthorizedAccess: 'it takes a key, or an identity, with the right Send',
  MessagingEntityDisabled: 'enable the entity',
  QuotaExceeded: 'it is full until somebody receives',
};
