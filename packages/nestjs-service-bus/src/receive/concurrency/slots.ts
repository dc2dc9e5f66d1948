/** Handler slots of a binding: never more messages are in work than there are slots. */
export class Slots {
  private taken = 0;
  private ceiling = Infinity;
  private readonly queue: ((isGranted: boolean) => void)[] = [];
  private isClosed = false;
  /** How many had to wait so far. */
  queued = 0;
  /** The lower one of limit and ceiling. */
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

  /** Takes a slot if one is free; costs nothing when there is one. */
  tryTake(): boolean {
    if (this.isClosed || this.taken >= this.open) return false;
    this.taken++;
    return true;
  }

  /** Waits for a slot, in order of arrival; false when the slots were closed before. */
  take(): Promise<boolean> {
    if (this.isClosed) return Promise.resolve(false);
    if (this.tryTake()) return Promise.resolve(true);
    this.queued++;
    return new Promise((resolve) => this.queue.push(resolve));
  }

  /** Gives a slot back: to the longest waiting one, if the limit allows. */
  release(): void {
    this.taken--;
    this.grant();
  }

  /** Changes the limit; slots in use above it are only not given out again. */
  resize(limit: number): void {
    this.limit = limit;
    this.apply();
  }

  /** Gives out no more slots than this, whatever the limit is; Infinity leaves it to the limit again. */
  restrict(ceiling: number): void {
    this.ceiling = ceiling;
    this.apply();
  }

  /** Gives out no slot any more, and sends away all who wait. */
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
