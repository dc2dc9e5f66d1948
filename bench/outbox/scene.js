import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ServiceBusModule, ServiceBusSenders } from 'nestjs-service-bus';
import { openDatabase, Outbox, OutboxModule, PgDatabase } from 'nestjs-service-bus-outbox';
import pg from 'pg';

import { startBroker } from '../emulator/start-broker.js';

const pgClient = {
  name: 'pg',
  accepts: (transaction) => typeof transaction.query === 'function',
  toClient: (client) => ({
    async query(text, parameters) {
      const { rows, rowCount } = await client.query(text, parameters);
      return { rows, rowCount: rowCount ?? 0 };
    },
  }),
};

/** A PostgreSQL as it is installed, with its commits on the disk, and a broker in a process of its own. */
export async function openScene() {
  const directory = await mkdtemp(path.join(tmpdir(), 'bench-outbox-'));
  const database = await openDatabase({ directory });
  const broker = await startBroker({ queues: [{ name: 'out', maxSizeInMegabytes: 80_000 }, 'other'] });
  const pool = new pg.Pool({ connectionString: database.connectionString, max: 16 });
  pool.on('error', () => undefined);
  const scene = { pool, broker, url: database.connectionString, queries: 0, accepted: new Map() };
  await pool.query(
    'CREATE TABLE bare (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, lane int NOT NULL,' +
      ' destination text NOT NULL, ordering_key text, message_id text NOT NULL, content_type text NOT NULL,' +
      ' body bytea NOT NULL, properties json NOT NULL, created_at timestamptz NOT NULL DEFAULT clock_timestamp())',
  );
  scene.startApp = (options = {}) => startApp(scene, options);
  scene.close = async () => {
    await pool.end();
    await broker.close();
    await database.close();
    await rm(directory, { recursive: true, force: true });
  };
  return scene;
}

/** An application with the outbox; it counts its queries, and notes when the broker has accepted a message. */
async function startApp(scene, options) {
  const plain = await PgDatabase.connect({ connectionString: scene.url });
  const counting = {
    query: (...query) => {
      scene.queries += 1;
      return plain.query(...query);
    },
    listen: (...listener) => plain.listen(...listener),
    close: () => plain.close(),
  };
  class BenchModule {}
  Module({
    imports: [
      ServiceBusModule.forRoot({ connectionString: scene.broker.connectionString }),
      OutboxModule.forRoot({ database: counting, adapters: [pgClient], ...options }),
    ],
  })(BenchModule);
  const app = await NestFactory.createApplicationContext(BenchModule, { logger: ['error', 'warn'] });
  return {
    outbox: app.get(Outbox),
    async close() {
      await app.close();
      await plain.close();
    },
  };
}

const { send } = ServiceBusSenders.prototype;
/** Calls back with each message's id when the broker has accepted it. */
export function onAccepted(callback) {
  ServiceBusSenders.prototype.send = async function sendAndTell(destination, message, sendOptions) {
    await send.call(this, destination, message, sendOptions);
    callback(message.messageId, performance.now());
  };
}

export async function transaction(pool, work) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } finally {
    client.release();
  }
}

export async function waiting(pool) {
  const { rows } = await pool.query('SELECT count(*)::int AS n FROM service_bus_outbox');
  return rows[0].n;
}
