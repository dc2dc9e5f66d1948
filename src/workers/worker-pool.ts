import { type LoggerService } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';

import { collectMetrics } from './collect-metrics.js';
import { mergeMetrics } from './merge-metrics.js';
import { RestartDelay } from './restart-delay.js';
import { type WorkerEnd, WorkerProcess } from './worker-process.js';
import { WorkersError } from './workers.error.js';

/** Longer than a worker's own deadline. */
const STOP_DEADLINE_MS = 42_000;
const CONTEXT = 'Workers';

/** Keeps a number of workers running, and restarts those that exit. */
export class WorkerPool {
  /** Rejects, with a line for the log, when workers exit as fast as they are started. */
  readonly failed: Promise<never>;
  private readonly workers = new Map<number, WorkerProcess>();
  private isStarted = false;
  private isStopping = false;
  private fail!: (error: Error) => void;

  constructor(
    private readonly variables: Readonly<Record<string, string>>,
    private readonly logger: LoggerService,
  ) {
    this.failed = new Promise((_resolve, reject) => (this.fail = reject));
    this.failed.catch(() => undefined);
  }

  /**
   * Starts the workers; resolves with their HTTP port when all are ready.
   * @throws WorkersError with the first worker's reason
   */
  async start(count: number): Promise<number> {
    const ports = Array.from({ length: count }, (_, index) => this.keep(index + 1));
    const [port = 0] = await Promise.race([Promise.all(ports), this.failed]);
    this.isStarted = true;
    return port;
  }

  /**
   * Drains all workers at the same time; kills those that do not exit. Returns a line for each that did not exit
   * cleanly.
   */
  async stop(): Promise<string[]> {
    this.isStopping = true;
    for (const worker of this.workers.values()) worker.stop();
    const ends = [...this.workers].map(async ([number, { ended }]) => ({ number, end: await ended }));
    const deadline = new AbortController();
    const late = wait(STOP_DEADLINE_MS, undefined, { signal: deadline.signal });
    late.then(
      () => this.kill(),
      () => undefined,
    );
    const all = await Promise.all(ends);
    deadline.abort();
    // A worker that is still starting has no messages, and no handler for the signal.
    const failed = all.filter(({ end: { by } }) => by !== 0 && by !== 'SIGTERM');
    return failed.map(({ number, end }) => describeEnd(number, end));
  }

  /** Kills all workers. */
  kill(): void {
    this.isStopping = true;
    for (const worker of this.workers.values()) worker.signal('SIGKILL');
  }

  /** Keeps one worker running; resolves with its port when it is ready for the first time. */
  private keep(number: number): Promise<number> {
    const delay = new RestartDelay();
    return new Promise((resolve) => {
      const start = (): void => {
        const worker = new WorkerProcess(number, this.variables);
        this.workers.set(number, worker);
        worker.on('message', (message) => {
          if (message.kind === 'ready') {
            if (this.isStarted) this.logger.log(`worker ${number} is ready`, CONTEXT);
            resolve(message.port);
          } else if (message.kind === 'failed') this.reportFailure(message.reason);
          else if (message.kind === 'want-all-metrics') void this.giveMetrics(worker, message.id);
        });
        worker.on('end', (end) => {
          this.workers.delete(number);
          void this.startAgain(number, end, delay, start);
        });
      };
      start();
    });
  }

  private reportFailure(reason: string): void {
    if (this.isStarted) this.logger.error(reason, undefined, CONTEXT);
    // The other workers would give the same reason.
    else if (!this.isStopping) this.fail(new WorkersError([reason]));
  }

  private async giveMetrics(to: WorkerProcess, id: number): Promise<void> {
    to.tell({ kind: 'all-metrics', id, text: mergeMetrics(await collectMetrics(this.workers)) });
  }

  private async startAgain(
    number: number,
    end: WorkerEnd,
    delay: RestartDelay,
    start: () => void,
  ): Promise<void> {
    if (this.isStopping) return;
    const delayMs = delay.afterEnd(end.workedMs);
    const what = describeEnd(number, end);
    if (delayMs === undefined) {
      this.fail(new WorkersError([`${what}, as were all that were started in its place: giving up`]));
      return;
    }
    this.logger.warn(`${what}, another is started in its place`, CONTEXT);
    await wait(delayMs);
    if (!this.isStopping) start();
  }
}

function describeEnd(number: number, { by }: WorkerEnd): string {
  return `worker ${number} was ended by ${typeof by === 'number' ? `exit code ${by}` : by}`;
}
