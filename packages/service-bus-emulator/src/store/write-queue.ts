import { type ClassicLevel } from 'classic-level';

export type Database = ClassicLevel<string, Buffer>;

/** Changes that are written together: ranges to delete first, then single records (undefined deletes one). */
interface Step {
  readonly ranges: { gte: string; lt: string }[];
  readonly records: Map<string, Buffer | undefined>;
}

/**
 * Writes changes to the disk in order, one write at a time. Changes that arrive meanwhile form the next write, so
 * that many senders share the cost of a flush.
 */
export class WriteQueue {
  #steps: Step[] = [];
  #waiting: (() => void)[] = [];
  #writing: Promise<void> | undefined;
  #broken = false;

  constructor(
    private readonly database: Database,
    /** Called when a write fails: from then on nothing may be acknowledged. */
    private readonly failed: (error: unknown) => void,
  ) {}

  put(key: string, value: Buffer): void {
    this.#lastStep().records.set(key, value);
  }

  delete(key: string): void {
    this.#lastStep().records.set(key, undefined);
  }

  deleteRange(range: { gte: string; lt: string }): void {
    const last = this.#steps.at(-1);
    if (!last || last.records.size > 0) this.#steps.push({ ranges: [range], records: new Map() });
    else last.ranges.push(range);
    this.#start();
  }

  /** Calls `done` once everything so far is on the disk. */
  whenDurable(done: () => void): void {
    if (this.#broken) return;
    if (this.#writing || this.#steps.length > 0) this.#waiting.push(done);
    else done();
  }

  /** Resolves once everything so far is on the disk or has failed. */
  async idle(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  #lastStep(): Step {
    let last = this.#steps.at(-1);
    if (!last) {
      last = { ranges: [], records: new Map() };
      this.#steps.push(last);
    }
    this.#start();
    return last;
  }

  #start(): void {
    if (this.#broken) return;
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = undefined));
  }

  async #writeAll(): Promise<void> {
    // At the end of the turn, so that all changes of one command are written together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#steps.length > 0) {
      const steps = this.#steps;
      const waiting = this.#waiting;
      this.#steps = [];
      this.#waiting = [];
      try {
        for (const step of steps) await this.#write(step);
      } catch (error) {
        this.#broken = true;
        return this.failed(error);
      }
      for (const done of waiting) done();
    }
    // Callbacks added during the last write waited for changes that it already contained.
    for (const done of this.#waiting.splice(0)) done();
  }

  async #write({ ranges, records }: Step): Promise<void> {
    for (const range of ranges) await this.database.clear(range);
    const operations = [...records].map(([key, value]) =>
      value === undefined ? { type: 'del' as const, key } : { type: 'put' as const, key, value },
    );
    if (operations.length > 0) await this.database.batch(operations, { sync: true });
  }
}
