/** How many bytes something may take at once, all of its users together. */
export class ByteBudget {
  private takenBytes = 0;

  constructor(readonly limitBytes: number) {}

  get freeBytes(): number {
    return this.limitBytes - this.takenBytes;
  }

  /** Takes bytes, and returns what gives them back, once; undefined if there are not as many. */
  take(bytes: number): (() => void) | undefined {
    if (bytes > this.freeBytes) return undefined;
    this.takenBytes += bytes;
    let isTaken = true;
    return () => {
      if (isTaken) this.takenBytes -= bytes;
      isTaken = false;
    };
  }
}
