import { setTimeout as delay } from 'node:timers/promises';

import { type ServiceBusSender } from '@azure/service-bus';
import { type Logger } from '@nestjs/common';

import { describeRefusal, errorCode, throttlePauseMs } from '../sdk/index.js';
import { within } from '../time/within.js';

/** Refusals that last until somebody changes the entity or its access rights. */
const REFUSALS = new Set<string | undefined>([
  'MessagingEntityNotFound',
  'MessagingEntityDisabled',
  'UnauthorizedAccess',
]);
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 5_000;
/** The broker opens a link before it refuses it: one that stays open this long is accepted. */
const PROOF_MS = 200;
const CLOSE_TIMEOUT_MS = 2_000;

/** Why a binding's results cannot be sent. */
export interface OutputRefusal {
  readonly code: string;
  readonly message: string;
}

/**
 * Checks at the start whether a binding's results can be sent, and repeats the check until they can, so that a missing
 * queue is reported before the first result. It opens a sending link, as the results will, so it needs only the right
 * to send. Problems that arise later are reported by the sends themselves.
 */
export class OutputCheck {
  /** Set while the broker refuses. */
  refusal?: OutputRefusal;
  private readonly closing = new AbortController();

  constructor(
    private readonly pattern: string,
    private readonly destination: string,
    /** Creates a sender to the destination that does not retry, so that a refusal is known at once. */
    private readonly makeSender: () => ServiceBusSender,
    private readonly logger: Logger,
  ) {}

  /** Resolves when the destination accepts messages, or the check is closed. Never rejects. */
  async start(): Promise<void> {
    for (let delayMs = FIRST_DELAY_MS; !this.closing.signal.aborted;) {
      try {
        await this.attach();
        return this.accepted();
      } catch (error) {
        this.refused(error);
        await this.pause(Math.max(delayMs, throttlePauseMs(error)));
      }
      delayMs = Math.min(delayMs * 2, MAX_DELAY_MS);
    }
  }

  close(): void {
    this.closing.abort();
  }

  /** Creating a batch makes the SDK open the link to learn its maximum message size; a no-op while it is open. */
  private async attach(): Promise<void> {
    // No abort signal: the SDK would keep the timers of a connection that it is making.
    const sender = this.makeSender();
    try {
      await sender.createMessageBatch();
      await this.pause(PROOF_MS);
      await sender.createMessageBatch();
    } finally {
      void within(CLOSE_TIMEOUT_MS, sender.close());
    }
  }

  private accepted(): void {
    if (this.refusal && !this.closing.signal.aborted) {
      this.logger.log(`${this.pattern}: results can be sent to ${this.destination} now`);
    }
    this.refusal = undefined;
  }

  private refused(error: unknown): void {
    const code = errorCode(error);
    // A connection error says nothing about the entity, and is reported elsewhere.
    if (this.closing.signal.aborted || code === undefined || !REFUSALS.has(code)) return;
    const message = describeRefusal(error as Error, 'Send');
    if (this.refusal?.code !== code) {
      this.logger.error(
        `${this.pattern}: results cannot be sent to ${this.destination}, keeps trying: ${message}`,
      );
    }
    this.refusal = { code, message };
  }

  private async pause(delayMs: number): Promise<void> {
    // Rejects only when aborted.
    await delay(delayMs, undefined, { signal: this.closing.signal, ref: false }).catch(() => undefined);
  }
}
