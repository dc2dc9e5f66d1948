import { randomUUID } from 'node:crypto';

import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { type INestApplicationContext, type ModuleMetadata, type Type, ValidationPipe } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ServiceBusModule, type ServiceBusModuleOptions, ServiceBusServer } from 'nestjs-service-bus';
import pg from 'pg';
import { type Emulator, type EmulatorOptions, startEmulator } from 'service-bus-emulator';

import { until } from '../../../../test/support/until.js';
import {
  Inbox,
  Outbox,
  OutboxHealthIndicator,
  OutboxModule,
  type OutboxModuleExtras,
  type OutboxModuleOptions,
} from '../../src/index.js';
import { pgClientAdapter } from './pg-client-adapter.js';
import { startPostgres, type TestPostgres } from './start-postgres.js';

/** An application with outbox and inbox. */
export interface OutboxApp {
  readonly app: INestApplicationContext;
  readonly outbox: Outbox;
  readonly inbox: Inbox;
  readonly health: OutboxHealthIndicator;
  close(): Promise<void>;
}

/** What an application has besides. */
export interface OutboxAppSetup {
  readonly options?: Partial<OutboxModuleOptions & OutboxModuleExtras>;
  readonly bus?: Partial<ServiceBusModuleOptions>;
  readonly imports?: ModuleMetadata['imports'];
  readonly controllers?: Type[];
  readonly providers?: ModuleMetadata['providers'];
}

/** One database for all tests of a file; a namespace and tables of its own for each of them. */
export class OutboxScene {
  postgres!: TestPostgres;
  pool!: pg.Pool;
  emulator!: Emulator;
  schema!: string;
  private readonly apps: OutboxApp[] = [];

  constructor(private readonly options: EmulatorOptions) {}

  async open(): Promise<void> {
    this.schema = `test_${randomUUID().slice(0, 8)}`;
    this.emulator = await startEmulator({ port: 0, administrationPort: false, ...this.options });
  }

  async close(): Promise<void> {
    await Promise.all(this.apps.splice(0).map((app) => app.close()));
    await this.emulator.close();
    await this.pool.query(`DROP SCHEMA IF EXISTS "${this.schema}" CASCADE`);
  }

  /** Starts an application; its tables are in this test's schema. */
  async start({
    options,
    bus,
    imports = [],
    controllers = [],
    providers = [],
  }: OutboxAppSetup = {}): Promise<OutboxApp> {
    const { emulator, postgres, schema } = this;
    const module = await Test.createTestingModule({
      imports: [
        ServiceBusModule.forRoot({
          connectionString: emulator.connectionString,
          retryOptions: { maxRetries: 0 },
          drainTimeoutMs: 2_000,
          ...bus,
        }),
        OutboxModule.forRoot({
          ...(options?.database ? {} : { connectionString: postgres.connectionString }),
          schema,
          adapters: [pgClientAdapter],
          retry: { minDelayMs: 20, maxDelayMs: 100 },
          ...options,
        }),
        ...imports,
      ],
      controllers,
      providers,
    }).compile();
    const app = module.createNestApplication({ logger: false });
    app.useGlobalPipes(new ValidationPipe({ transform: true }));
    app.connectMicroservice({ strategy: app.get(ServiceBusServer) }, { inheritAppConfig: true });
    await app.startAllMicroservices();
    await app.init();
    const started = {
      app,
      outbox: app.get(Outbox),
      inbox: app.get(Inbox),
      health: app.get(OutboxHealthIndicator),
      close: () => app.close(),
    };
    this.apps.push(started);
    return started;
  }

  /** Runs work in a transaction, as an application does. */
  async transaction<Result>(work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  }

  /** The bodies in an entity, in its order. */
  bodies(entity: string): unknown[] {
    return this.emulator
      .entity(entity)
      .messages()
      .map(({ body }) => body);
  }

  async rows(table: string): Promise<Record<string, unknown>[]> {
    return (
      await this.pool.query<Record<string, unknown>>(`SELECT * FROM "${this.schema}"."service_bus_${table}"`)
    ).rows;
  }

  /** Waits until nothing waits in the outbox. */
  async delivered(): Promise<void> {
    await until(async () => (await this.rows('outbox')).length === 0);
  }
}

/** Creates a scene for the enclosing `describe`. */
export function outboxScene(options: EmulatorOptions): OutboxScene {
  const scene = new OutboxScene(options);
  beforeAll(async () => {
    scene.postgres = await startPostgres();
    scene.pool = new pg.Pool({ connectionString: scene.postgres.connectionString });
    scene.pool.on('error', () => undefined);
  });
  beforeEach(() => scene.open());
  afterEach(() => scene.close());
  afterAll(async () => {
    await scene.pool.end();
    await scene.postgres.close();
  });
  return scene;
}
