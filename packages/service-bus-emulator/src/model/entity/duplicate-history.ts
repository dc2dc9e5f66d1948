import { Fifo } from '../collections/fifo.js';
import { messageIdCost } from '../queue/memory.js';
import { type Due } from '../queue/queue-context.js';
import { type EntityContext } from './entity-host.js';

/** The message ids that an entity has accepted within its duplicate detection window. */
export class DuplicateHistory implements Due {
  duePosition = -1;
  readonly dueRank = Infinity;
  /** When to forget each. */
  readonly #known = new Map<string, number>();
  readonly #order = new Fifo<string>();

  constructor(
    readonly address: string,
    /** How long an id is remembered, in milliseconds; a change is for those to come. */
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

  /** Takes in an id that was remembered before; the oldest must come first. */
  restore(messageId: string, forgetAtMs: number): void {
    if (!this.#known.has(messageId)) this.context.memory.add(messageIdCost(messageId));
    this.#known.set(messageId, forgetAtMs);
    this.#order.push(messageId);
    // Once a window is enough: it is for the case that nobody sends any more.
    if (this.duePosition === -1) this.context.agenda.set(this, forgetAtMs);
  }

  /** Drops the ids whose time is over. */
  forget(nowMs: number): void {
    for (let oldest = this.#order.peek(); oldest !== undefined; oldest = this.#order.peek()) {
      const forgetAtMs = this.#known.get(oldest);
      if (forgetAtMs !== undefined && forgetAtMs > nowMs) return;
      this.#order.shift();
      // An id that was remembered twice is in the order twice, and is forgotten once.
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

  /** Ends with its entity, of which the journal is told as a whole. */
  close(): void {
    for (const messageId of this.#known.keys()) this.context.memory.add(-messageIdCost(messageId));
    this.#known.clear();
    this.#order.clear();
    this.context.agenda.delete(this);
  }
}
