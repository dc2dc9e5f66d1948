import { LinkedList } from '../collections/linked-list.js';
import { type Receiver } from './receiver.js';

/** Receivers with credit, served in turn: each gets one message and goes to the end. */
export class ReceiverLine {
  readonly #line = new LinkedList<Receiver>();

  get size(): number {
    return this.#line.size;
  }

  /** Whose turn it is. */
  get first(): Receiver | undefined {
    return this.#line.first;
  }

  /** Adds a receiver that has credit and removes one that has none; a receiver in line keeps its place. */
  update(receiver: Receiver): void {
    if (receiver.credit <= 0) this.leave(receiver);
    else if (!receiver.place) receiver.place = this.#line.push(receiver);
  }

  leave(receiver: Receiver): void {
    if (receiver.place) this.#line.delete(receiver.place);
    receiver.place = undefined;
  }

  /** Ends the turn of the first receiver. */
  next(): void {
    const receiver = this.#line.first;
    // The only receiver stays where it is.
    if (!receiver || (this.#line.size === 1 && receiver.credit > 0)) return;
    this.leave(receiver);
    this.update(receiver);
  }
}
