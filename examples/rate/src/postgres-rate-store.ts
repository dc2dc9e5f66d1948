import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type RateReservation, type RateTurns, type ServiceBusRateStore } from 'nestjs-service-bus';
import { Pool } from 'pg';

// Two instances may start at the same time: one after the other asks for the table. It is not written to the log of
// the database, which is faster, and empty after a crash, which is no harm: a rate begins anew.
const TABLE = `
SELECT pg_advisory_xact_lock(hashtext('rates'));
CREATE UNLOGGED TABLE IF NOT EXISTS rates (
  key text PRIMARY KEY,
  free_at float8 NOT NULL,
  delay_ms float8 NOT NULL
) WITH (fillfactor = 50)`;

const CLOCK = `(SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now_ms) AS clock`;

// One statement, and so one step: whoever comes second waits for the row, and reads the clock after that.
const RESERVE = `
INSERT INTO rates AS rate (key, free_at, delay_ms)
SELECT $1, now_ms + $2::float8 * $3::float8, (1 - $4::float8) * $3::float8 FROM ${CLOCK}
ON CONFLICT (key) DO UPDATE SET (free_at, delay_ms) = (
  SELECT CASE WHEN delay_ms <= $5::float8 THEN base + $2::float8 * $3::float8 ELSE rate.free_at END, delay_ms
  FROM (
    SELECT base, base - ($4::float8 - 1) * $3::float8 - now_ms AS delay_ms
    FROM (SELECT greatest(rate.free_at, now_ms) AS base, now_ms FROM ${CLOCK}) AS times
  ) AS answer
)
RETURNING delay_ms AS "delayMs"`;

/** Shares the rates of all instances by a table of the database that they have anyway. */
@Injectable()
export class PostgresRateStore implements ServiceBusRateStore, OnModuleInit, OnApplicationShutdown {
  // A few questions in a second: one connection is enough, and what hangs is given up.
  private readonly pool = new Pool({
    connectionString: process.env['DATABASE_URL'],
    max: 1,
    connectionTimeoutMillis: 1_000,
    query_timeout: 1_000,
  });

  constructor() {
    // An idle connection may be cut; the next question opens another one.
    this.pool.on('error', () => undefined);
  }

  async onModuleInit(): Promise<void> {
    await this.pool.query(TABLE);
  }

  async reserve({ key, count, intervalMs, burst, maxDelayMs }: RateReservation): Promise<RateTurns> {
    const { rows } = await this.pool.query<RateTurns>(RESERVE, [key, count, intervalMs, burst, maxDelayMs]);
    const [turns] = rows;
    if (!turns) throw new Error('the table of rates has given no row');
    return turns;
  }

  // When the bus is closed, and nobody asks any more.
  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}
