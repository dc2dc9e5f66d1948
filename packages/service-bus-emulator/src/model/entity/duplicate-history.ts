import { Fifo } from '../collections/fifo.js';
import { messageIdCost } from '../queue/memory.js';
import { type Due } from '../queue/queue-context.js';
import { type EntityContext } from './entity-host.js';

/** The message ids that an entity has accepted within its duplicate detection window. */
export class DuplicateHistory implements Due {
  duePosition = -1;
  readonly dueRank = Infinity;
  /** By message id: when to forget it, Unix time in milliseconds. */
  readonly #known = new Map<string, number>();
  readonly #order = new Fifo<string>();

  constructor(
    readonly address: string,
    /** How long an id is remembered, in milliseconds; a change applies to later ids. */
    public windowMs: number,
    readonly context: EntityContext,
  ) {}

  get size(): number {
    return this.#known.size;
  }

  messageIds(): Iterable<string> {
    return this.#known.keys();
  }

  has(nowMs: number, messageId: string): boolean {
    this.forget(nowMs);
    return (this.#known.get(messageId) ?? -Infinity) > nowMs;
  }

  add(nowMs: number, messageId: string): void {
    const forgetAtMs = nowMs + this.windowMs;
    this.restore(messageId, forgetAtMs);
    this.context.journal.messageIdRemembered(this.address, messageId, forgetAtMs);
  }

  /** Restores an id from the journal's records; the oldest must come first. */
  restore(messageId: string, forgetAtMs: number): void {
    if (!this.#known.has(messageId)) this.context.memory.add(messageIdCost(messageId));
    this.#known.set(messageId, forgetAtMs);
    this.#order.push(messageId);
    // Each arrival forgets old ids as well: this alarm is only for when no more messages arrive.
    if (this.duePosition === -1) this.context.agenda.set(this, forgetAtMs);
  }

  /** Forgets the ids whose window has passed. */
  forget(nowMs: number): void {
    for (let oldest = this.#order.peek(); oldest !== undefined; oldest = this.#order.peek()) {
      const forgetAtMs = this.#known.get(oldest);
      if (forgetAtMs !== undefined && forgetAtMs > nowMs) return;
      this.#order.shift();
      // An id that was remembered twice is listed twice and must be forgotten once.
      if (!this.#known.delete(oldest)) continue;
      this.context.memory.add(-messageIdCost(oldest));
      this.context.journal.messageIdForgotten(this.address, oldest);
    }
  }

  advance(nowMs: number): void {
    this.forget(nowMs);
    const newest = this.#order.last();
    if (newest !== undefined) this.context.agenda.set(this, this.#known.get(newest) ?? Infinity);
  }

  /** Forgets everything. The journal is not told: it learns that the whole entity is gone. */
  close(): void {
    for (const messageId of this.#known.keys()) this.context.memory.add(-messageIdCost(messageId));
    this.#known.clear();
    this.#order.clear();
    this.context.agenda.delete(this);
  }
}
