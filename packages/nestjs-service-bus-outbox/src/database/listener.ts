import { randomUUID } from 'node:crypto';

import { within } from 'nestjs-service-bus';

import { type PgClient } from './pg-client.js';

/** What a listener announces to itself begins so; others need not look for messages then. */
const PROBE = 'probe ';
const HEARS_NOTHING =
  'what is announced does not arrive on the connection that listens. It has to lead to the same database as the others, and ' +
  'not through PgBouncer in transaction mode: set listenConnectionString, or listens: false';

/** A connection of its own that hears what is announced. */
export class Listener {
  /** To be announced once it listens: whether that arrives shows whether anything does. */
  readonly probe = PROBE + randomUUID();
  private readonly heard: Promise<void>;
  private state: 'opening' | 'listening' | 'over' = 'opening';

  constructor(
    private readonly client: PgClient,
    onNotify: () => void,
    private readonly onLost: (error: unknown) => void,
  ) {
    this.heard = new Promise((resolve, reject) => {
      client.on('notification', ({ payload = '' }) => {
        if (payload === this.probe) resolve();
        else if (!payload.startsWith(PROBE)) onNotify();
      });
      const lost = (error = new Error('the connection that listens has ended')): void => {
        reject(error);
        this.lost(error);
      };
      client.on('error', lost);
      client.on('end', () => lost());
    });
    // Whether anybody waits for it or not.
    this.heard.catch(() => undefined);
  }

  /** Resolves when the probe has arrived; from then on a loss is told. */
  async hearsItself(withinMs: number): Promise<void> {
    if ((await within(withinMs, this.heard)) === 'late') throw new Error(HEARS_NOTHING);
    await this.heard;
    this.state = 'listening';
  }

  close(): Promise<void> {
    this.state = 'over';
    return this.client.end();
  }

  private lost(error: unknown): void {
    if (this.state !== 'listening') return;
    this.state = 'over';
    this.onLost(error);
  }
}
