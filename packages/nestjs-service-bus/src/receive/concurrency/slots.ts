/** Handler slots of a binding: there are never more messages in work than slots. */
export class Slots {
  private taken = 0;
  private ceiling = Infinity;
  private readonly queue: ((isGranted: boolean) => void)[] = [];
  private isClosed = false;
  /** How many callers have had to wait so far. */
  queued = 0;
  /** The lower of limit and ceiling. */
  private open: number;

  constructor(public limit: number) {
    this.open = limit;
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
    this.taken++;
    return true;
  }

  /** Waits for a slot, in order of arrival; resolves with false if the slots were closed first. */
  take(): Promise<boolean> {
    if (this.isClosed) return Promise.resolve(false);
    if (this.tryTake()) return Promise.resolve(true);
    this.queued++;
    return new Promise((resolve) => this.queue.push(resolve));
  }

  /** Gives a slot back, to the caller that has waited longest if the limit allows. */
  release(): void {
    this.taken--;
    this.grant();
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

  private apply(): void {
    this.open = Math.min(this.limit, this.ceiling);
    this.grant();
  }

  private grant(): void {
    while (this.taken < this.open) {
      const next = this.queue.shift();
      if (!next) return;
      this.taken++;
      next(true);
    }
  }
}
