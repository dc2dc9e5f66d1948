/** Lets work of one key end in the order in which it began. */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  /** Resolves with the work's result when it is done, and so is all earlier work of this key, whatever became of it. */
  async take<Result>(key: string | undefined, work: Promise<Result>): Promise<Result> {
    if (key === undefined) return work;
    const before = this.last.get(key);
    const turn = Promise.allSettled([before, work]);
    this.last.set(key, turn);
    await before;
    try {
      return await work;
    } finally {
      if (this.last.get(key) === turn) this.last.delete(key);
    }
  }
}
