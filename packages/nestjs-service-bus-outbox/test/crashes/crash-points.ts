import { type EventEmitter } from 'node:events';

import type pg from 'pg';

import { type Accident, type CrashKind, type CrashPoint } from './crash-plan.js';

type Socket = EventEmitter & { destroy(): void };

/** Counts how often a worker passes its accident's point, and lets the accident happen there. */
export class CrashPoints {
  private passed = 0;
  private readonly sockets = new Set<Socket>();

  constructor(
    private readonly accident: Accident | undefined,
    /** Tells the parent of the accident, which does its part of it and answers when that is over. */
    private readonly tell: (kind: CrashKind) => Promise<void>,
  ) {}

  async pass(point: CrashPoint): Promise<void> {
    if (this.accident?.point !== point || ++this.passed !== this.accident.passing) return;
    const { kind } = this.accident;
    if (kind === 'kill') {
      process.kill(process.pid, 'SIGKILL');
      await new Promise(() => undefined);
    }
    if (kind === 'cut') for (const socket of this.sockets) socket.destroy();
    await this.tell(kind);
  }

  /** Passes a point when something has been asked for, and another one when it is answered. */
  async around<Answer>(
    what: CrashPoint extends infer Point ? (Point extends `during ${infer What}` ? What : never) : never,
    ask: () => Promise<Answer>,
  ): Promise<Answer> {
    const answer = ask();
    if (this.accident?.point === `during ${what}`) {
      answer.catch(() => undefined);
      // The question is on the wire by then.
      await new Promise((resolve) => setImmediate(resolve));
      await this.pass(`during ${what}`);
    }
    await answer;
    await this.pass(`after ${what}`);
    return answer;
  }

  /** Connections that break where the accident is `cut`. */
  watch<Client extends Pick<pg.Client, 'on'>>(client: Client): Client {
    client.on('error', () => undefined);
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
    this.sockets.add(stream);
    stream.once('close', () => this.sockets.delete(stream));
    return client;
  }
}
