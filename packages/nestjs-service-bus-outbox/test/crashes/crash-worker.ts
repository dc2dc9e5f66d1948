import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { type CrashKind, type WorkerOrders } from './crash-plan.js';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));
const LOADER = new URL('../../../../test/support/typescript.js', import.meta.url).href;
const MAX_OUTPUT_LENGTH = 20_000;

/** A process that waits for its orders, so that the next life can begin at once. */
export class CrashWorker {
  output = '';
  /** What has happened to it so far. */
  accident?: CrashKind;
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

  /** Starts the life; `accident` does what happens outside of the process. */
  async live(orders: WorkerOrders, accident: (kind: CrashKind) => Promise<void>): Promise<void> {
    await this.ready;
    this.child.on('message', (kind: CrashKind) => {
      this.accident = kind;
      void accident(kind).then(() => this.isRunning && this.child.send('over'));
    });
    this.child.send(orders);
  }

  async kill(): Promise<void> {
    if (this.child.signalCode === 'SIGKILL') this.accident = 'kill';
    if (this.isRunning) this.child.kill('SIGKILL');
    await this.exited;
  }
}
