import { type Demand, type Rate } from './rate.js';

/**
 * Handler slots of a binding: there are never more messages in work than slots. With a rate, a slot is granted together
 * with a token.
 */
export class Slots {
  private taken = 0;
  private ceiling = Infinity;
  private readonly queue: ((isGranted: boolean) => void)[] = [];
  /** Nobody is granted a slot. */
  isClosed = false;
  /** All slots were in use since somebody last asked. */
  private wasFull = false;
  /** The lower of limit and ceiling. */
  private open: number;
  /** Messages that wait beside one for each who waits. */
  private readonly others: (() => number)[] = [];

  constructor(
    public limit: number,
    private readonly rate?: Rate,
  ) {
    this.open = limit;
    rate?.onDue(() => this.grant());
    rate?.addDemand(() => this.demand);
  }

  get inUse(): number {
    return this.taken;
  }

  get waiting(): number {
    return this.queue.length;
  }

  /** Takes a slot if one is free, without a promise. */
  tryTake(): boolean {
    if (this.isClosed || this.taken >= this.open) return false;
    // A slot may be free while others wait for their tokens.
    if (this.rate && (this.queue.length > 0 || !this.rate.take(false))) return false;
    this.taken++;
    this.wasFull ||= this.taken >= this.open;
    return true;
  }

  /** Waits for a slot, in order of arrival; resolves with false if the slots were closed first. */
  take(): Promise<boolean> {
    if (this.isClosed) return Promise.resolve(false);
    if (this.tryTake()) return Promise.resolve(true);
    return new Promise((resolve) => this.wait(resolve));
  }

  /** The same, by a callback that also is the caller's place in the line: see `leave`. */
  wait(granted: (isGranted: boolean) => void): void {
    if (this.isClosed) return granted(false);
    this.wasFull ||= !this.rate || this.taken >= this.open;
    this.queue.push(granted);
    if (this.taken < this.open) this.rate?.wakeForToken();
  }

  /** Ends a wait without a slot. */
  leave(granted: (isGranted: boolean) => void): void {
    const place = this.queue.indexOf(granted);
    if (place < 0) return;
    this.queue.splice(place, 1);
    granted(false);
  }

  /** Gives a slot back, to the caller that has waited longest if the limit allows. */
  release(): void {
    this.taken--;
    this.grant();
  }

  /** Where those who wait will need tokens for further messages: how many. */
  countAlso(others: () => number): void {
    if (this.rate) this.others.push(others);
  }

  /** Takes tokens for what a slot is used for besides; below 0, gives them back. */
  charge(tokens: number): void {
    this.rate?.charge(tokens);
  }

  /** Whether all slots were in use at some time since the last call, so that the limit may have held somebody up. */
  takeFullness(): boolean {
    const isFull = this.taken >= this.open;
    const wasFull = this.wasFull || isFull;
    this.wasFull = false;
    return wasFull;
  }

  /** Changes the limit. Slots in use above it are not taken away, but not granted again either. */
  resize(limit: number): void {
    this.limit = limit;
    this.apply();
  }

  /** Caps the slots in use, whatever the limit is; Infinity lifts the cap. */
  restrict(ceiling: number): void {
    this.ceiling = ceiling;
    this.apply();
  }

  /** Grants no more slots, and refuses all who wait. */
  close(): void {
    this.isClosed = true;
    for (const refuse of this.queue.splice(0)) refuse(false);
  }

  /** Grants slots again. */
  reopen(): void {
    this.isClosed = false;
  }

  private get demand(): Demand {
    const { length } = this.queue;
    if (length === 0) return { startable: 0, behind: 0, next: 0 };
    const messages = this.others.reduce((sum, count) => sum + count(), length);
    const free = Math.min(Math.max(this.open - this.taken, 0), length);
    const startable = Math.ceil((messages * free) / length);
    return { startable, behind: messages - startable, next: Math.ceil(messages / length) };
  }

  private apply(): void {
    this.open = Math.min(this.limit, this.ceiling);
    this.grant();
  }

  private grant(): void {
    const { queue, rate } = this;
    while (this.taken < this.open && queue.length > 0) {
      if (rate && !rate.take(true)) return rate.wakeForToken();
      this.taken++;
      queue.shift()?.(true);
    }
  }
}
