import { setTimeout as delay } from 'node:timers/promises';

import { type ServiceBusSender } from '@azure/service-bus';
import { type Logger } from '@nestjs/common';

import { errorCode } from '../sdk/index.js';
import { within } from '../time/within.js';

/** What the broker says of an entity that takes no messages from us until somebody changes it. */
const REFUSALS = new Set<string | undefined>([
  'MessagingEntityNotFound',
  'MessagingEntityDisabled',
  'UnauthorizedAccess',
]);
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 5_000;
/** The broker opens a link before it refuses it: one that has lasted this long is good. */
const PROOF_MS = 200;
const CLOSE_TIMEOUT_MS = 2_000;

/** Why a binding's results cannot be sent. */
export interface OutputRefusal {
  readonly code: string;
  readonly message: string;
}

/**
 * Asks at the start whether a binding's results can be sent where they are to go, and again until they can, so
 * that a queue which nobody made is known before the first result. It opens a link as the results will take one:
 * that needs no right but to send. What happens to the queue later the sends themselves will tell.
 */
export class OutputCheck {
  /** Set while the broker refuses. */
  refusal?: OutputRefusal;
  private readonly closing = new AbortController();

  constructor(
    private readonly pattern: string,
    private readonly destination: string,
    /** Makes a sender to the destination that tries once: a refusal is to be known now. */
    private readonly makeSender: () => ServiceBusSender,
    private readonly logger: Logger,
  ) {}

  /** Resolves when the destination takes messages, or the check is closed. Never rejects. */
  async start(): Promise<void> {
    for (let delayMs = FIRST_DELAY_MS; !this.closing.signal.aborted;) {
      try {
        await this.attach();
        return this.accepted();
      } catch (error) {
        this.refused(error);
      }
      await this.pause(delayMs);
      delayMs = Math.min(delayMs * 2, MAX_DELAY_MS);
    }
  }

  close(): void {
    this.closing.abort();
  }

  /** The SDK opens the link to learn its message size, and asks nothing of one that is open. */
  private async attach(): Promise<void> {
    const options = { abortSignal: this.closing.signal };
    const sender = this.makeSender();
    try {
      await sender.createMessageBatch(options);
      await this.pause(PROOF_MS);
      await sender.createMessageBatch(options);
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
    // A way that is broken says nothing about the entity; whether there is a way others find out.
    if (this.closing.signal.aborted || code === undefined || !REFUSALS.has(code)) return;
    const { message } = error as Error;
    if (this.refusal?.code !== code) {
      this.logger.error(
        `${this.pattern}: results cannot be sent to ${this.destination}, keeps trying: ${message}`,
      );
    }
    this.refusal = { code, message };
  }

  private async pause(delayMs: number): Promise<void> {
    // Rejects when it is aborted, and only then.
    await delay(delayMs, undefined, { signal: this.closing.signal, ref: false }).catch(() => undefined);
  }
}
