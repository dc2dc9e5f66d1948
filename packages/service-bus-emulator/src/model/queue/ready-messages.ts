import { Fifo } from '../collections/fifo.js';
import { Heap } from '../collections/heap.js';
import { type Message } from './message.js';

/** So few that have left are not worth a search for them. */
const TOLERATED = 64;

/**
 * The messages that may be delivered, by sequence number. New ones come in order and wait in a plain list;
 * those that come back (abandoned, lock expired) wait in a heap and, being older, go first.
 */
export class ReadyMessages {
  readonly #arrived = new Fifo<Message>();
  readonly #returned = new Heap<Message>();
  /** How many of those that were dropped are still in one of the two. */
  #dropped = 0;

  get size(): number {
    return this.heldCount - this.#dropped;
  }

  /** How many are held in memory, those that have left and were not swept out yet included. */
  get heldCount(): number {
    return this.#arrived.size + this.#returned.size;
  }

  add(message: Message): void {
    message.ready = true;
    const last = this.#arrived.last();
    // The list stays sorted: only what is newer than its end may join it.
    if (last === undefined || message.sequenceNumber > last.sequenceNumber) this.#arrived.push(message);
    else this.#returned.push(message, message.sequenceNumber);
  }

  peek(): Message | undefined {
    const returned = this.#firstReturned();
    const arrived = this.#firstArrived();
    if (!returned || !arrived) return returned ?? arrived;
    return returned.sequenceNumber < arrived.sequenceNumber ? returned : arrived;
  }

  take(): Message | undefined {
    const message = this.peek();
    if (!message) return undefined;
    message.ready = false;
    if (message === this.#arrived.peek()) this.#arrived.shift();
    else this.#returned.pop();
    return message;
  }

  /** Lets a message go that expired or was deleted while it waited; such a one never comes back. */
  drop(message: Message): void {
    message.ready = false;
    this.#dropped += 1;
    // Where nobody receives, nothing is ever taken: without this, expired messages would stay in memory.
    if (this.#dropped > TOLERATED && this.#dropped > this.size) {
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

  #firstArrived(): Message | undefined {
    let message = this.#arrived.peek();
    while (message && !message.ready) {
      this.#arrived.shift();
      this.#dropped -= 1;
      message = this.#arrived.peek();
    }
    return message;
  }

  #firstReturned(): Message | undefined {
    let message = this.#returned.peek();
    while (message && !message.ready) {
      this.#returned.pop();
      this.#dropped -= 1;
      message = this.#returned.peek();
    }
    return message;
  }
}
