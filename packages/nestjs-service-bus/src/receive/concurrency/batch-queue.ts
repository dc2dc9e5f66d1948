import { type BatchOptions } from '../../binding/binding.js';
import { type Slots } from './slots.js';

/**
 * Messages for one handler that wait to be called with others: until there are as many as a call takes, or the
 * first of them has waited long enough, and there is a slot. While all slots are in use, those that come later
 * join the call that waits.
 */
export class BatchQueue<Entry> {
  private readonly waiting: Entry[] = [];
  /** Calls that wait for their slot; each will take as many messages as it may. */
  private calls = 0;
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly options: BatchOptions,
    private readonly slots: Slots,
    /** Gets a slot with the messages, to be given back. */
    private readonly run: (entries: Entry[]) => void,
  ) {}

  add(entry: Entry): void {
    this.waiting.push(entry);
    this.arrange();
  }

  /** Ends the wait, and returns who waited. */
  close(): Entry[] {
    clearTimeout(this.timer);
    return this.waiting.splice(0);
  }

  /** Messages that no call is about to take. */
  private get left(): number {
    return this.waiting.length - this.calls * this.options.maxMessages;
  }

  private arrange(): void {
    while (this.left >= this.options.maxMessages) this.call();
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
    void this.slots.take().then((isGranted) => {
      this.calls--;
      if (isGranted) this.begin();
    });
  }

  private begin(): void {
    const entries = this.waiting.splice(0, this.options.maxMessages);
    if (entries.length > 0) this.run(entries);
    else this.slots.release();
    this.arrange();
  }
}
