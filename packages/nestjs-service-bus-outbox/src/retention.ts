import { type Logger } from '@nestjs/common';

/** Deletes some of what is too old; returns how many rows. */
export type DeleteSome = (limit: number) => Promise<number>;

const ROWS_AT_ONCE = 1_000;
const EVERY_MS = 60_000;

/** Deletes what is kept for a time only, in small bites, so that no statement takes long. */
export class Retention {
  private timer?: NodeJS.Timeout;
  private running?: Promise<void>;
  private isStopping = false;

  constructor(
    private readonly deletes: readonly DeleteSome[],
    private readonly logger: Pick<Logger, 'debug'>,
    private readonly everyMs = EVERY_MS,
  ) {}

  start(): void {
    // By chance up to a fifth less: processes that started together do not clean together.
    const afterMs = this.everyMs * (1 - Math.random() / 5);
    this.timer = setTimeout(() => {
      this.running = this.run().finally(() => this.isStopping || this.start());
    }, afterMs).unref();
  }

  /** Deletes all of it now, with pauses for others. */
  async run(): Promise<void> {
    for (const deleteSome of this.deletes) {
      try {
        while (!this.isStopping && (await deleteSome(ROWS_AT_ONCE)) >= ROWS_AT_ONCE) {
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      } catch (error) {
        // The next time will do, and whoever needs the database tells of its absence.
        this.logger.debug(`old rows were not deleted: ${String(error)}`);
      }
    }
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.timer);
    await this.running;
  }
}
