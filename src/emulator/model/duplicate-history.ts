import { Fifo } from './fifo.js';

/** Told of what a durable broker has to keep of a history. */
export interface DuplicateHistoryJournal {
  remembered(messageId: string, forgetAtMs: number): void;
  forgotten(messageId: string): void;
}

/** The message ids that an entity has accepted within its duplicate detection window. */
export class DuplicateHistory {
  /** When to forget each. */
  readonly #known = new Map<string, number>();
  readonly #order = new Fifo<string>();

  constructor(
    /** How long an id is remembered, in milliseconds; a change is for those to come. */
    public windowMs: number,
    private readonly journal: DuplicateHistoryJournal,
  ) {}

  get size(): number {
    return this.#known.size;
  }

  has(nowMs: number, messageId: string): boolean {
    this.#forget(nowMs);
    return (this.#known.get(messageId) ?? -Infinity) > nowMs;
  }

  add(nowMs: number, messageId: string): void {
    const forgetAtMs = nowMs + this.windowMs;
    this.restore(messageId, forgetAtMs);
    this.journal.remembered(messageId, forgetAtMs);
  }

  /** Takes in an id that was remembered before; the oldest must come first. */
  restore(messageId: string, forgetAtMs: number): void {
    this.#known.set(messageId, forgetAtMs);
    this.#order.push(messageId);
  }

  #forget(nowMs: number): void {
    for (let oldest = this.#order.peek(); oldest !== undefined; oldest = this.#order.peek()) {
      const forgetAtMs = this.#known.get(oldest);
      if (forgetAtMs !== undefined && forgetAtMs > nowMs) return;
      this.#order.shift();
      // An id that was remembered twice is in the order twice, and is forgotten once.
      if (this.#known.delete(oldest)) this.journal.forgotten(oldest);
    }
  }
}
