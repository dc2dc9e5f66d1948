import { type BatchOptions } from '../../binding/binding.js';
import { type Slots } from './slots.js';

/**
 * Gathers messages for one handler into batches. A call begins once a batch is full, or its first message has waited
 * long enough, and a slot is free. While all slots are in use, later messages join the waiting call.
 */
export class BatchQueue<Entry> {
  private readonly waiting: Entry[] = [];
  /** Calls that wait for a slot; each will take up to `maxMessages` messages. */
  private calls = 0;
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly options: BatchOptions,
    private readonly slots: Slots,
    /** Called with the messages while a slot is held; has to release the slot. */
    private readonly run: (entries: Entry[]) => void,
  ) {
    slots.countAlso(() => Math.max(this.waitingForSlot - this.calls, 0));
  }

  add(entry: Entry): void {
    this.waiting.push(entry);
    this.arrange();
  }

  /** Ends all waits, and returns the entries that waited. */
  clear(): Entry[] {
    clearTimeout(this.timer);
    this.timer = undefined;
    return this.waiting.splice(0);
  }

  /** Messages of calls that wait for a slot. */
  get waitingForSlot(): number {
    return Math.min(this.waiting.length, this.calls * this.options.maxMessages);
  }

  /** Messages that no waiting call will take. */
  private get left(): number {
    return this.waiting.length - this.calls * this.options.maxMessages;
  }

  private arrange(): void {
    // Closed slots refuse at once: what waits is cleared then.
    while (this.left >= this.options.maxMessages && !this.slots.isClosed) this.call();
    if (this.left > 0) {
      this.timer ??= setTimeout(() => this.callForRest(), this.options.maxWaitMs);
    } else {
      clearTimeout(this.timer);
      this.timer = undefined;
    }
  }

  private callForRest(): void {
    this.timer = undefined;
    if (this.left > 0) this.call();
  }

  private call(): void {
    if (this.slots.tryTake()) return this.begin();
    this.calls++;
    // It begins within the grant: with a rate, it has to be paid for before another one may begin.
    this.slots.wait((isGranted) => {
      this.calls--;
      if (isGranted) this.begin();
    });
  }

  private begin(): void {
    const entries = this.waiting.splice(0, this.options.maxMessages);
    // The slot came with a token for one message.
    this.slots.charge(entries.length - 1);
    if (entries.length > 0) this.run(entries);
    else this.slots.release();
    this.arrange();
  }
}
