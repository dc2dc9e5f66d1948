import cluster, { type Worker } from 'node:cluster';
import { EventEmitter, once } from 'node:events';

import { isWorkerMessage, type PrimaryMessage, type WorkerMessage } from './worker-message.js';

/** How a worker's process has ended. */
export interface WorkerEnd {
  /** A signal's name, or an exit code. */
  readonly by: NodeJS.Signals | number;
  /** How long it had worked; 0 if it never did. */
  readonly workedMs: number;
}

interface WorkerEvents {
  message: [WorkerMessage];
  end: [WorkerEnd];
}

/** One worker's process, seen from the primary. */
export class WorkerProcess extends EventEmitter<WorkerEvents> {
  readonly ended: Promise<WorkerEnd>;
  private readonly worker: Worker;
  private readySinceMs: number | undefined;

  /** Starts it; what it is to know goes by variables, and its number by an argument that `ps` shows. */
  constructor(number: number, variables: Readonly<Record<string, string>>) {
    super();
    cluster.setupPrimary({ args: ['--worker', String(number)] });
    this.worker = cluster.fork(variables);
    this.ended = new Promise((resolve) => this.once('end', resolve));
    this.worker.on('message', (message: unknown) => {
      if (!isWorkerMessage(message)) return;
      if (message.kind === 'ready') this.readySinceMs = performance.now();
      this.emit('message', message);
    });
    // An exit can overtake the last report: the channel's end does not.
    Promise.all([once(this.worker, 'exit'), once(this.worker, 'disconnect')]).then(
      ([[code, signal]]) => this.end((signal as NodeJS.Signals | null) ?? (code as number)),
      // A process that could not be started.
      () => this.end(1),
    );
    // Signals to a process that has just ended, and the like: its end says it all.
    this.worker.on('error', () => undefined);
  }

  get isReady(): boolean {
    return this.readySinceMs !== undefined;
  }

  tell(message: PrimaryMessage): void {
    // One that is ending takes no more; its end is told in its own way.
    if (this.worker.isConnected()) this.worker.send(message, () => undefined);
  }

  signal(name: NodeJS.Signals): void {
    // Not worker.kill(): that waits for the worker to let go of its channel.
    this.worker.process.kill(name);
  }

  private end(by: NodeJS.Signals | number): void {
    const workedMs = this.readySinceMs === undefined ? 0 : performance.now() - this.readySinceMs;
    this.emit('end', { by, workedMs });
  }
}
