import { Fifo } from '../collections/fifo.js';
import { Heap } from '../collections/heap.js';

/** What the list needs to know of a message. */
export interface ReadyMessage {
  readonly sequenceNumber: number;
  /** True while it is in the list; owned by the list. */
  ready: boolean;
}

/** Dropped messages stay in memory up to this number: sweeping out fewer costs more than it saves. */
const MAX_UNSWEPT = 64;

/**
 * The messages that can be delivered, by sequence number. New ones arrive in order and wait in a plain list;
 * those that come back (abandoned, lock expired) wait in a heap and, being older, go first.
 */
export class ReadyMessages<M extends ReadyMessage> {
  readonly #arrived = new Fifo<M>();
  readonly #returned = new Heap<M>();
  /** How many dropped messages are still in one of the two. */
  #dropped = 0;

  get size(): number {
    return this.heldCount - this.#dropped;
  }

  /** How many messages are in memory, including dropped ones that have not been swept out yet. */
  get heldCount(): number {
    return this.#arrived.size + this.#returned.size;
  }

  add(message: M): void {
    message.ready = true;
    const last = this.#arrived.last();
    // The list has to stay sorted: only a message newer than its last one joins it.
    if (last === undefined || message.sequenceNumber > last.sequenceNumber) this.#arrived.push(message);
    else this.#returned.push(message, message.sequenceNumber);
  }

  peek(): M | undefined {
    const returned = this.#firstReturned();
    const arrived = this.#firstArrived();
    if (!returned || !arrived) return returned ?? arrived;
    return returned.sequenceNumber < arrived.sequenceNumber ? returned : arrived;
  }

  take(): M | undefined {
    const message = this.peek();
    if (!message) return undefined;
    message.ready = false;
    if (message === this.#arrived.peek()) this.#arrived.shift();
    else this.#returned.pop();
    return message;
  }

  /** Drops a message that expired or was deleted while it waited; such a message never comes back. */
  drop(message: M): void {
    message.ready = false;
    this.#dropped += 1;
    // If nobody receives, `take` is never called: without this, expired messages would stay in memory.
    if (this.#dropped > MAX_UNSWEPT && this.#dropped > this.size) {
      this.#arrived.retain(({ ready }) => ready);
      this.#returned.retain(({ ready }) => ready);
      this.#dropped = 0;
    }
  }

  clear(): void {
    this.#arrived.clear();
    this.#returned.clear();
    this.#dropped = 0;
  }

  #firstArrived(): M | undefined {
    let message = this.#arrived.peek();
    while (message && !message.ready) {
      this.#arrived.shift();
      this.#dropped -= 1;
      message = this.#arrived.peek();
    }
    return message;
  }

  #firstReturned(): M | undefined {
    let message = this.#returned.peek();
    while (message && !message.ready) {
      this.#returned.pop();
      this.#dropped -= 1;
      message = this.#returned.peek();
    }
    return message;
  }
}
