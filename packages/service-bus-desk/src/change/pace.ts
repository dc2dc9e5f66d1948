import { pause } from '../sdk/retrying.js';

const SECOND_MS = 1_000;

/** Holds a run back to so many messages a second. */
export class Pace {
  private readonly startedMs: number;
  private count = 0;

  constructor(
    private readonly perSecond: number,
    private readonly now: () => number = () => performance.now(),
    private readonly wait: (ms: number, signal?: AbortSignal) => Promise<void> = pause,
  ) {
    this.startedMs = now();
  }

  /** How many messages at a time keep the pace even. */
  get batchSize(): number {
    return Math.max(1, Math.floor(this.perSecond / 4));
  }

  /** Resolves when so many more messages may go. */
  async next(messages: number, signal?: AbortSignal): Promise<void> {
    const dueMs = this.startedMs + (this.count / this.perSecond) * SECOND_MS;
    this.count += messages;
    const leftMs = dueMs - this.now();
    if (leftMs > 0) await this.wait(leftMs, signal);
  }
}
