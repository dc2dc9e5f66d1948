import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RateReservation } from 'nestjs-service-bus';

import { PostgresRateStore } from '../../examples/rate/src/postgres-rate-store.js';
import {
  startPostgres,
  type TestPostgres,
} from '../../packages/nestjs-service-bus-outbox/test/support/start-postgres.js';

/** The store of examples/rate, on a PostgreSQL of its own. */
describe('a rate in PostgreSQL', () => {
  let postgres: TestPostgres;
  const stores: PostgresRateStore[] = [];

  beforeAll(async () => {
    postgres = await startPostgres();
    process.env['DATABASE_URL'] = postgres.connectionString;
    // Its pool is told of the database when it is made.
    stores.push(...Array.from({ length: 5 }, () => new PostgresRateStore()));
    // As instances do that start at the same time.
    await Promise.all(stores.map((store) => store.onModuleInit()));
  });

  afterAll(async () => {
    await Promise.all(stores.map((store) => store.onApplicationShutdown()));
    delete process.env['DATABASE_URL'];
    await postgres.close();
  });

  // So slow that the time that a test takes is next to nothing.
  const slow = { count: 1, intervalMs: 3_600_000, burst: 1, maxDelayMs: Infinity };
  const reserve = async (reservation: RateReservation, store = stores[0]!): Promise<number> =>
    (await store.reserve(reservation)).delayMs;
  const hours = (delayMs: number): number => Math.round(delayMs / 3_600_000) + 0;

  it('gives each turn once, whoever asks at the same time', async () => {
    const delays = await Promise.all(
      Array.from({ length: 50 }, (_none, index) => reserve({ ...slow, key: 'all' }, stores[index % 5])),
    );
    expect(delays.map(hours).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_none, hour) => hour),
    );
  });

  it('gives several, and a burst', async () => {
    const burst = { ...slow, key: 'burst', burst: 4 };
    const delays: number[] = [];
    for (const count of [2, 1, 3, 1]) delays.push(hours(await reserve({ ...burst, count })));
    expect(delays).toEqual([-3, -1, 0, 3]);
  });

  it('leaves to others what is too far away', async () => {
    const near = { ...slow, key: 'near', maxDelayMs: 1_000 };
    const delays: number[] = [];
    for (let asked = 0; asked < 3; asked++) delays.push(hours(await reserve(near)));
    expect(delays).toEqual([0, 1, 1]);
  });

  it('keeps what is asked for by different keys apart', async () => {
    expect(hours(await reserve({ ...slow, key: 'one' }))).toBe(0);
    expect(hours(await reserve({ ...slow, key: 'two' }))).toBe(0);
    expect(hours(await reserve({ ...slow, key: 'one' }))).toBe(1);
  });
});
