import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { openDatabase } from 'nestjs-service-bus-outbox';
import { Pool, type PoolClient } from 'pg';

/** The database of `DATABASE_URL`, else an embedded one that ends with this process. */
export const { connectionString: databaseUrl } = await openDatabase({
  connectionString: process.env['DATABASE_URL'],
  directory: process.env['DATABASE_DIRECTORY'] ?? '.postgres-data',
});

const TABLES = `
CREATE TABLE IF NOT EXISTS orders (id text PRIMARY KEY, item text NOT NULL, pieces int NOT NULL);
CREATE TABLE IF NOT EXISTS bookings (number bigserial, order_id text NOT NULL, total int NOT NULL);
CREATE TABLE IF NOT EXISTS receipts (number bigserial, order_id text NOT NULL, total int NOT NULL)`;

/** The application's own tables. None of them refuses an order's second booking: only the inbox does. */
@Injectable()
export class Database implements OnModuleInit, OnModuleDestroy {
  readonly pool = new Pool({ connectionString: databaseUrl });

  constructor() {
    // An idle connection may be cut; the next query opens another one.
    this.pool.on('error', () => undefined);
  }

  async onModuleInit(): Promise<void> {
    await this.pool.query(TABLES);
  }

  async onModuleDestroy(): Promise<void> {
    await this.pool.end();
  }

  /** Commits what `work` does, or nothing of it. */
  async transaction<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      const result = await work(client);
      await client.query('COMMIT');
      client.release();
      return result;
    } catch (error) {
      // A connection that cannot even roll back is not used again.
      await client.query('ROLLBACK').then(
        () => client.release(),
        () => client.release(true),
      );
      throw error;
    }
  }
}
