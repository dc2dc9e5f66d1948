import { errorCode, InterruptedSendError, isTransient, type Sending, throttlePauseMs } from '../sdk/index.js';
import { type Clock } from '../time/clock.js';
import { DrainedError } from '../exceptions/drained.error.js';
import { OutputGate } from './output-gate.js';

const UNAVAILABLE_MS = 1_000;

/** The destination takes no message at all, whatever is in it; or there is no way to it. */
const UNAVAILABLE = new Set([
  'QuotaExceeded',
  'MessagingEntityDisabled',
  'MessagingEntityNotFound',
  'UnauthorizedAccess',
  'ServiceCommunicationProblem',
]);

/** Told when a destination stops taking messages. */
export type OutputBlocked = (destination: string, error: unknown) => void;

/**
 * The sends of one binding's results. When the broker is busy, or the binding's own destination takes nothing
 * (full, disabled, deleted, not allowed), a result waits with its input's lock held until it can be sent: that is
 * no failure of its message, and costs it no attempt.
 *
 * A destination that the message names itself is its sender's choice: where that takes nothing, only this
 * message fails.
 */
export class OutputGates {
  private readonly gates = new Map<string, OutputGate>();
  /** A drain has begun. */
  isClosed = false;

  constructor(
    private readonly ownDestination: string | undefined,
    private readonly clock: Clock,
    private readonly blocked: OutputBlocked,
  ) {}

  /** Results wait for a destination that takes none. */
  get isBlocked(): boolean {
    return this.gates.size > 0;
  }

  /** Sends, as soon as the destination takes messages; rejects with what is the message's own fault. */
  send(destination: string, sending: Sending, work: () => Promise<void>): Promise<void> {
    if (this.gates.size > 0) return this.sendInTurn(destination, sending, work);
    // Nearly always: nobody waits, and nothing but the answer is to be awaited.
    return attempt(work).then(
      () => this.open(destination),
      (error: unknown) => {
        this.refused(destination, error);
        return this.sendInTurn(destination, sending, work);
      },
    );
  }

  /** Gives up all sends that wait, with a DrainedError; those on their way may still succeed. */
  close(): void {
    this.isClosed = true;
    for (const gate of this.gates.values()) gate.close(new DrainedError());
    this.gates.clear();
  }

  private async sendInTurn(destination: string, sending: Sending, work: () => Promise<void>): Promise<void> {
    for (;;) {
      await this.gates.get(destination)?.pass(sending);
      try {
        await work();
        return this.open(destination);
      } catch (error) {
        this.refused(destination, error);
      }
    }
  }

  /** Shuts the destination's gate, or throws what is to be the end of the send. */
  private refused(destination: string, error: unknown): void {
    if (error instanceof InterruptedSendError) {
      // It has tried nothing: the next one may.
      this.gates.get(destination)?.shut(0);
      throw error;
    }
    const pauseMs = this.pauseAfter(destination, error);
    if (pauseMs === undefined) {
      this.open(destination);
      throw error;
    }
    if (this.isClosed) throw new DrainedError();
    this.shut(destination, pauseMs, error);
  }

  private open(destination: string): void {
    if (this.gates.size === 0) return;
    this.gates.get(destination)?.open();
    this.gates.delete(destination);
  }

  private shut(destination: string, pauseMs: number, error: unknown): void {
    let gate = this.gates.get(destination);
    if (!gate) {
      gate = new OutputGate(this.clock, () => this.gates.delete(destination));
      this.gates.set(destination, gate);
      this.blocked(destination, error);
    }
    gate.shut(pauseMs);
  }

  private pauseAfter(destination: string, error: unknown): number | undefined {
    const code = errorCode(error);
    if (code === undefined) return undefined;
    const throttledMs = throttlePauseMs(error, this.clock.random);
    if (throttledMs > 0) return throttledMs;
    const isUnavailable = UNAVAILABLE.has(code) || isTransient(error);
    return isUnavailable && destination === this.ownDestination ? UNAVAILABLE_MS : undefined;
  }
}

/** What fails before there is a promise, a destination that is no name for instance, is a rejection all the same. */
function attempt(work: () => Promise<void>): Promise<void> {
  try {
    return work();
  } catch (error) {
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }
}
