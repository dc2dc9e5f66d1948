import { type EventEmitter } from 'node:events';

import type pg from 'pg';

import { type CrashKind, type Life } from './crash-plan.js';

/** Counts the steps of a worker, and lets happen at one of them what its orders say. */
export class CrashSteps {
  private passed = 0;
  private readonly sockets = new Set<EventEmitter & { destroy(): void }>();

  constructor(
    private readonly crash: Life['crash'],
    /** Tells the parent, which makes the database fall over and answers when it is up again. */
    private readonly restart: () => Promise<void>,
  ) {}

  /** A step between two statements, two sends, or one of each. */
  async pass(): Promise<void> {
    if (!this.crash || ++this.passed !== this.crash.step) return;
    await this.happen(this.crash.kind);
  }

  /** Everything that such a pool does is a step. */
  watch(pool: pg.Pool): pg.Pool {
    pool.on('error', () => undefined);
    pool.on('connect', (client) => {
      client.on('error', () => undefined);
      const { stream } = (client as unknown as { connection: { stream: EventEmitter & { destroy(): void } } })
        .connection;
      this.sockets.add(stream);
      stream.once('close', () => this.sockets.delete(stream));
    });
    return pool;
  }

  private async happen(kind: CrashKind): Promise<void> {
    if (kind === 'kill') {
      process.kill(process.pid, 'SIGKILL');
      await new Promise(() => undefined);
    }
    if (kind === 'cut') for (const socket of this.sockets) socket.destroy();
    else await this.restart();
  }
}
