import { type RunFailure, type RunOptions, type RunResult } from './change-options.js';
import { type Journal } from './journal.js';

const MAX_FAILURES = 100;

/** What a run counts, and tells. */
export class RunState {
  planned = 0;
  held = 0;
  missing = 0;
  private readonly failures: RunFailure[] = [];
  private doneCount: number;
  private failedCount = 0;

  constructor(
    readonly journal: Journal,
    private readonly options: RunOptions,
  ) {
    this.doneCount = journal.count('done');
  }

  get done(): number {
    return this.doneCount;
  }

  get failed(): number {
    return this.failedCount;
  }

  get firstFailure(): RunFailure | undefined {
    return this.failures[0];
  }

  async noteDone(sequenceNumbers: readonly bigint[]): Promise<void> {
    await this.journal.note('done', sequenceNumbers);
    this.doneCount += sequenceNumbers.length;
    this.tell();
  }

  async noteFailed(failures: readonly RunFailure[]): Promise<void> {
    await this.journal.note(
      'failed',
      failures.map(({ sequenceNumber }) => sequenceNumber),
    );
    this.failedCount += failures.length;
    this.failures.push(...failures.slice(0, MAX_FAILURES - this.failures.length));
    this.tell();
  }

  tell(): void {
    const { planned, done, failed, held } = this;
    this.options.onProgress?.({ planned, done, failed, held });
  }

  result(): RunResult {
    const { planned, done, failed, missing, failures, journal, options } = this;
    const { run } = journal.header;
    return { run, dryRun: options.dryRun === true, planned, done, failed, missing, failures };
  }
}
