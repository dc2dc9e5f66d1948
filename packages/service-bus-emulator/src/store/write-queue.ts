import { type ClassicLevel } from 'classic-level';

import { type Ledger } from './ledger.js';
import { HEAD_KEY, writeHead } from './head.js';
import { seal } from './seal.js';
import { type Stamp } from './stamp.js';

export type Database = ClassicLevel<string, Buffer>;

/** Where the writes go, and what is known of those before. */
export interface Written {
  readonly database: Database;
  readonly ledger: Ledger;
  readonly stamp: Stamp;
  /** Number of writes so far. */
  readonly count: number;
}

/**
 * Writes changes to the disk in order, one write at a time. Changes that arrive meanwhile form the next write, so
 * that many senders share the cost of a flush. Each write takes along what is known of all records together.
 */
export class WriteQueue {
  // Undefined deletes a record.
  #records = new Map<string, Buffer | undefined>();
  #waiting: (() => void)[] = [];
  #writing: Promise<void> | undefined;
  #count: number;
  /** A write has failed, or there will be none any more. */
  #isOver = false;

  constructor(
    private readonly written: Written,
    /** Called when a write fails: from then on nothing may be acknowledged. */
    private readonly failed: (error: unknown) => void,
  ) {
    this.#count = written.count;
  }

  put(key: string, value: Buffer): void {
    const { bytes, checksum } = seal(key, value);
    this.written.ledger.put(key, checksum);
    this.#records.set(key, bytes);
    this.#start();
  }

  delete(key: string): void {
    this.written.ledger.delete(key);
    this.#records.set(key, undefined);
    this.#start();
  }

  /** Deletes all records whose keys have this prefix. */
  deleteAll(prefix: string): void {
    for (const key of this.written.ledger.keys(prefix)) this.delete(key);
  }

  /** Calls `done` once everything so far is on the disk. */
  whenDurable(done: () => void): void {
    if (this.#isOver) return;
    if (this.#writing || this.#records.size > 0) this.#waiting.push(done);
    else done();
  }

  /** Resolves once everything so far is on the disk or has failed. */
  async idle(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  /** Resolves as `idle` does. What comes later is not written, and never acknowledged. */
  async end(): Promise<void> {
    while (this.#writing) await this.#writing;
    // In the turn in which nothing is being written: a connection may still say something while all of them end.
    this.#isOver = true;
  }

  #start(): void {
    if (this.#isOver) return;
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = undefined));
  }

  async #writeAll(): Promise<void> {
    // At the end of the turn, so that all changes of one command are written together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#records.size > 0) {
      const waiting = this.#waiting;
      this.#waiting = [];
      try {
        await this.#write();
      } catch (error) {
        this.#isOver = true;
        return this.failed(error);
      }
      for (const done of waiting) done();
    }
    // Callbacks added during the last write waited for changes that it already contained.
    for (const done of this.#waiting.splice(0)) done();
  }

  async #write(): Promise<void> {
    const { database, ledger, stamp } = this.written;
    this.#count += 1;
    this.#records.set(HEAD_KEY, writeHead({ count: this.#count, totals: ledger.totals }));
    const operations = [...this.#records].map(([key, value]) =>
      value === undefined ? { type: 'del' as const, key } : { type: 'put' as const, key, value },
    );
    this.#records = new Map();
    await database.batch(operations, { sync: true });
    // After the database: a stamp that is behind does no harm.
    await stamp.write(this.#count);
  }
}
