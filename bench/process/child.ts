import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

import { type Answer } from './answer.js';

/** A process of the benchmark failed, or ended too early. */
export class ChildError extends Error {
  override readonly name = 'ChildError';

  constructor(
    readonly program: string,
    readonly problem: string,
  ) {
    super(`${program}: ${problem}`);
  }
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

const CLOSE_TIMEOUT_MS = 15_000;

/** A child process that answers questions (see `answer`), so that its time and memory are measured separately. */
export class Child {
  private readonly waiting = new Map<number, Waiting>();
  private readonly process: ChildProcess;
  private lastId = 0;

  constructor(
    private readonly program: string,
    argumentsOfProgram: readonly string[] = [],
    nodeOptions: readonly string[] = [],
  ) {
    this.process = fork(program, argumentsOfProgram, {
      execArgv: [...nodeOptions],
      // Standard output is reserved for results.
      stdio: ['ignore', process.stderr, process.stderr, 'ipc'],
    });
    this.process.on('message', (message: Answer) => this.answered(message));
    this.process.on('exit', (code, signal) => this.ended(`ended with ${signal ?? code}`));
  }

  /** Rejects with a ChildError when the process fails to answer. */
  ask<Value>(question: string, data?: unknown): Promise<Value> {
    return new Promise<Value>((resolve, reject) => {
      const id = ++this.lastId;
      this.waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      this.process.send({ id, question, data }, (error) => {
        if (error) this.answered({ id, error: error.message });
      });
    });
  }

  /** Lets the process close its resources and exit; kills it after 15 s. */
  async close(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    const timer = setTimeout(() => this.process.kill('SIGKILL'), CLOSE_TIMEOUT_MS);
    await this.ask('close').catch(() => undefined);
    if (this.process.connected) this.process.disconnect();
    await ended;
    clearTimeout(timer);
  }

  /** Ends the process as it is: for one whose work was cut off, and is of no interest any more. */
  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
  }

  private answered(message: Answer): void {
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if ('error' in message) waiting?.reject(new ChildError(this.program, message.error));
    else waiting?.resolve(message.value);
  }

  private ended(problem: string): void {
    for (const { reject } of this.waiting.values()) reject(new ChildError(this.program, problem));
    this.waiting.clear();
  }
}
