import { errorCode } from '../error-code.js';
import { type Clock } from '../receive/clock.js';
import { DrainedError } from '../receive/drained.error.js';
import { OutputGate, type Sending } from './output-gate.js';

/** [Service Bus: a throttled client is to wait two seconds at least] */
const THROTTLED_MS = 2_000;
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
  private isClosed = false;

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
  async send(destination: string, sending: Sending, work: () => Promise<void>): Promise<void> {
    for (;;) {
      const gate = this.gates.get(destination);
      if (gate) await gate.pass(sending);
      try {
        await work();
        this.open(destination);
        return;
      } catch (error) {
        const pauseMs = this.pauseAfter(destination, error);
        if (pauseMs === undefined) {
          this.open(destination);
          throw error;
        }
        if (this.isClosed) throw new DrainedError();
        this.shut(destination, pauseMs, error);
      }
    }
  }

  /** Gives up all sends that wait, with a DrainedError; those on their way may still succeed. */
  close(): void {
    this.isClosed = true;
    for (const gate of this.gates.values()) gate.close(new DrainedError());
    this.gates.clear();
  }

  private open(destination: string): void {
    if (this.gates.size === 0) return;
    this.gates.get(destination)?.open();
    this.gates.delete(destination);
  }

  private shut(destination: string, pauseMs: number, error: unknown): void {
    let gate = this.gates.get(destination);
    if (!gate) {
      gate = new OutputGate(() => this.gates.delete(destination));
      this.gates.set(destination, gate);
      this.blocked(destination, error);
    }
    gate.shut(pauseMs);
  }

  private pauseAfter(destination: string, error: unknown): number | undefined {
    const code = errorCode(error);
    if (code === undefined) return undefined;
    if (code === 'ServiceBusy') return THROTTLED_MS * (1 + this.clock.random() / 2);
    return UNAVAILABLE.has(code) && destination === this.ownDestination ? UNAVAILABLE_MS : undefined;
  }
}
