import cluster, { type Worker } from 'node:cluster';
import { EventEmitter } from 'node:events';

import { isWorkerMessage, type PrimaryMessage, type WorkerMessage } from './worker-message.js';

/** How a worker's process exited. */
export interface WorkerEnd {
  /** A signal's name, or an exit code. */
  readonly by: NodeJS.Signals | number;
  /** How long it was ready; 0 if it never was. */
  readonly workedMs: number;
}

/** Tells a worker that its Service Bus is the emulator of the primary. */
export const EMBEDDED_EMULATOR = '--embedded-emulator';

interface WorkerEvents {
  message: [WorkerMessage];
  end: [WorkerEnd];
}

/** One worker's process, seen from the primary. */
export class WorkerProcess extends EventEmitter<WorkerEvents> {
  readonly ended: Promise<WorkerEnd>;
  private readonly worker: Worker;
  private readySinceMs: number | undefined;

  /** Starts the process. It gets its settings by variables, and its number by an argument that `ps` shows. */
  constructor(number: number, variables: Readonly<Record<string, string>>) {
    super();
    // The primary names a Service Bus only where it is its own emulator.
    const emulator = 'SB_CONNECTION' in variables ? [EMBEDDED_EMULATOR] : [];
    cluster.setupPrimary({ args: ['--worker', String(number), ...emulator] });
    this.worker = cluster.fork(variables);
    this.ended = new Promise((resolve) => this.once('end', resolve));
    this.worker.on('message', (message: unknown) => {
      if (!isWorkerMessage(message)) return;
      if (message.kind === 'ready') this.readySinceMs = performance.now();
      this.emit('message', message);
    });
    let by: WorkerEnd['by'] | undefined;
    const endIfOver = (): void => {
      // An exit can overtake the last message; the end of the channel cannot.
      if (by !== undefined && !this.worker.isConnected()) this.end(by);
    };
    this.worker.on('exit', (code: number, signal?: NodeJS.Signals | null) => {
      by = signal || code;
      endIfOver();
    });
    this.worker.on('disconnect', endIfOver);
    this.worker.on('error', () => {
      // A process that could not be started has no other event. Errors of an exiting process mean nothing.
      if (this.worker.process.pid === undefined) this.end(1);
    });
  }

  get isReady(): boolean {
    return this.readySinceMs !== undefined;
  }

  tell(message: PrimaryMessage): void {
    // An exiting worker takes no messages; its exit is reported separately.
    if (this.worker.isConnected()) this.worker.send(message, () => undefined);
  }

  /** Asks the worker to drain and exit. */
  stop(): void {
    // Not by a signal: a terminal's Ctrl-C reaches the workers too, and a second signal exits at once.
    if (this.isReady) this.tell({ kind: 'stop' });
    else this.signal('SIGTERM');
  }

  signal(name: NodeJS.Signals): void {
    // Not worker.kill(), which waits for the worker to disconnect.
    this.worker.process.kill(name);
  }

  private end(by: NodeJS.Signals | number): void {
    const workedMs = this.readySinceMs === undefined ? 0 : performance.now() - this.readySinceMs;
    this.emit('end', { by, workedMs });
  }
}
