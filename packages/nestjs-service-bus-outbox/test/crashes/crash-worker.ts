import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { type WorkerOrders } from './crash-plan.js';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));
const LOADER = new URL('../../../../test/support/typescript.js', import.meta.url).href;
const MAX_OUTPUT_LENGTH = 20_000;

/** A process that waits for its orders, so that the next life can begin at once. */
export class CrashWorker {
  output = '';
  readonly exited: Promise<unknown>;
  private readonly ready: Promise<unknown>;
  private readonly child: ChildProcess;

  constructor() {
    this.child = fork(WORKER, {
      execArgv: ['--import', LOADER],
      env: { PATH: process.env['PATH'], NO_COLOR: '1', WORKER_LOG: process.env['WORKER_LOG'] },
      silent: true,
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream
        ?.setEncoding('utf8')
        .on('data', (text: string) => (this.output = (this.output + text).slice(-MAX_OUTPUT_LENGTH)));
    }
    this.exited = once(this.child, 'close');
    this.ready = Promise.race([once(this.child, 'message'), this.exited]);
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Starts the life; `restart` makes the database fall over and come back. */
  async live(orders: WorkerOrders, restart: () => Promise<void>): Promise<void> {
    await this.ready;
    this.child.on('message', (told) => {
      if (told !== 'restart') return;
      void restart().then(() => this.isRunning && this.child.send('up'));
    });
    this.child.send(orders);
  }

  async kill(): Promise<void> {
    if (this.isRunning) this.child.kill('SIGKILL');
    await this.exited;
  }
}
