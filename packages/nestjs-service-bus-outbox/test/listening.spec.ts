import { describe, expect, it } from '@jest/globals';

import { until } from '../../../test/support/until.js';
import { PgDatabase } from '../src/index.js';
import { outboxScene } from './support/outbox-scene.js';
import { PGBOUNCER, startPgBouncer, type TestPgBouncer } from './support/start-pgbouncer.js';

describe('listening for messages', () => {
  const scene = outboxScene({ entities: { queues: ['out'] } });
  /** Another database of the same server takes a LISTEN as well, and hears nothing. */
  const elsewhere = (): string => scene.postgres.connectionString.replace(/postgres$/, 'template1');

  it('is refused on a connection that hears nothing, with the remedy', async () => {
    const database = await PgDatabase.connect({
      connectionString: scene.postgres.connectionString,
      listenConnectionString: elsewhere(),
    });
    try {
      const listening = database.listen(
        'channel',
        () => undefined,
        () => undefined,
        100,
      );
      await expect(listening).rejects.toThrow(/set listenConnectionString, or listens: false/);
    } finally {
      await database.close();
    }
  });

  (PGBOUNCER ? describe : describe.skip)('behind PgBouncer in transaction mode', () => {
    let bouncer: TestPgBouncer;
    const through = async (work: () => Promise<void>): Promise<void> => {
      bouncer = await startPgBouncer(scene.postgres.connectionString);
      try {
        await work();
      } finally {
        await bouncer.close();
      }
    };
    const send = async (payload: number): Promise<void> => {
      const { outbox } = await scene.start({ options: { delivers: false } });
      await scene.transaction((transaction) => outbox.add(transaction, { to: 'out', payload }));
      await scene.delivered();
    };

    it(
      'polls, and health says that nothing is heard',
      () =>
        through(async () => {
          const { health } = await scene.start({
            options: { connectionString: bouncer.connectionString, pollIntervalMs: 50 },
          });
          await send(1);
          expect(scene.bodies('out')).toEqual([1]);
          expect(await health.isHealthy()).toMatchObject({ outbox: { status: 'up', listening: false } });
        }),
      15_000,
    );

    it(
      'hears by a way of its own',
      () =>
        through(async () => {
          const { health } = await scene.start({
            options: {
              connectionString: bouncer.connectionString,
              listenConnectionString: scene.postgres.connectionString,
              pollIntervalMs: 3_600_000,
            },
          });
          await until(async () => (await health.isHealthy())['outbox']?.['listening'] === true);
          await send(2);
          expect(scene.bodies('out')).toEqual([2]);
        }),
      15_000,
    );
  });
});
