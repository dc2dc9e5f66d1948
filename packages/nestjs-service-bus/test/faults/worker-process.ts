import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { type Step } from './kill-at-step.js';

const START_TIMEOUT_MS = 60_000;
const MAX_OUTPUT_LENGTH = 20_000;
const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));
const LOADER = new URL('../../../../test/support/typescript.js', import.meta.url).href;

/** The step at which a worker is killed, and how many times it passes it first. */
export interface Death {
  readonly step: Step;
  readonly after: number;
}

/** The application under test, in a process of its own that can be killed. */
export class WorkerProcess {
  /** The end of the worker's output, for the message of a failing test. */
  output = '';
  private readonly exited: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream
        ?.setEncoding('utf8')
        .on('data', (text: string) => (this.output = (this.output + text).slice(-MAX_OUTPUT_LENGTH)));
    }
    this.exited = once(child, 'close');
  }

  /** Starts a worker on a namespace. */
  static start(connectionString: string, death?: Death): WorkerProcess {
    const child = fork(WORKER, {
      execArgv: ['--import', LOADER],
      env: {
        PATH: process.env['PATH'],
        NO_COLOR: '1',
        WORKER_CONNECTION: connectionString,
        ...(death && { WORKER_KILL_AT: death.step, WORKER_KILL_AFTER: String(death.after) }),
      },
      silent: true,
    });
    return new WorkerProcess(child);
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resolves when the worker receives messages. */
  async receiving(): Promise<void> {
    const timeout = AbortSignal.timeout(START_TIMEOUT_MS);
    const ended = this.exited.then(() => Promise.reject(new Error(`the worker ended:\n${this.output}`)));
    const told = once(this.child, 'message', { signal: timeout });
    await Promise.race([told, ended]);
  }

  /** Waits until the worker ends; returns the signal or the exit code. */
  async end(): Promise<NodeJS.Signals | number | null> {
    await this.exited;
    return this.child.signalCode ?? this.child.exitCode;
  }

  /** Kills the worker at once. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}
