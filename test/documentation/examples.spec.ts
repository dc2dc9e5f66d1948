import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { describeApplication, describeMessages } from 'nestjs-service-bus';
import { type Emulator, readEntities, startEmulator } from 'service-bus-emulator';

import { startPostgres } from '../../packages/nestjs-service-bus-outbox/test/support/start-postgres.js';
import { toConfigJson } from '../../packages/nestjs-service-bus/src/topology/export/config-json.js';
import { until } from '../support/until.js';
import { freePort, StartedProcess } from './started-process.js';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
const STARTED = 'Nest microservice successfully started';

type Ask = (route: string, body?: object) => Promise<Response>;

// Each is run from its sources; those with a Config.json on an emulator with its entities.
describe('the example', () => {
  let cache: string;
  let emulator: Emulator;
  const emulators: Emulator[] = [];
  const processes: StartedProcess[] = [];

  beforeAll(async () => {
    cache = await mkdtemp(path.join(tmpdir(), 'examples-'));
  });

  afterEach(async () => {
    await Promise.all(processes.splice(0).map((started) => started.stop()));
    await Promise.all(emulators.splice(0).map((started) => started.close()));
  });

  afterAll(() => rm(cache, { recursive: true, force: true }));

  async function open(
    example: string,
    variables: Readonly<Record<string, string>> = {},
  ): Promise<(program: string, port?: number, ...args: string[]) => StartedProcess> {
    const directory = path.join(EXAMPLES, example);
    const entities = await readEntities(path.join(directory, 'Config.json'));
    emulator = await startEmulator({ port: 0, administrationPort: false, entities });
    emulators.push(emulator);
    return (program, port = 0, ...args) =>
      run(example, [program, ...args], {
        SB_CONNECTION: emulator.connectionString,
        PORT: String(port),
        ...variables,
      });
  }

  function run(
    example: string,
    program: readonly string[],
    variables: Readonly<Record<string, string>> = {},
  ): StartedProcess {
    const directory = path.join(EXAMPLES, example);
    const started = StartedProcess.program(program, directory, { TYPESCRIPT_CACHE: cache, ...variables });
    processes.push(started);
    return started;
  }

  const askOf =
    (port: number): Ask =>
    (route, body) =>
      fetch(`http://127.0.0.1:${port}/${route}`, {
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
        headers: { 'content-type': 'application/json' },
      });

  /** Nest says that it has started before it listens. */
  const answers = (ask: Ask, route: string): Promise<void> =>
    until(() =>
      ask(route).then(
        ({ ok }) => ok,
        () => false,
      ),
    );

  it('hybrid answers an order with a receipt', async () => {
    const start = await open('hybrid');
    const port = await freePort();
    const app = start('src/main.ts', port);
    await app.says('Nest application successfully started');
    const url = `http://127.0.0.1:${port}`;
    const body = JSON.stringify({ item: 'tea', pieces: 2 });
    const headers = { 'content-type': 'application/json' };
    // Nest says that it has started before it listens.
    const send = (): Promise<boolean> =>
      fetch(`${url}/orders`, { method: 'POST', headers, body }).then(
        ({ ok }) => ok,
        () => false,
      );
    await until(send);
    const receipts: unknown[] = [];
    while (receipts.length === 0) {
      receipts.push(...((await (await fetch(`${url}/receipts`)).json()) as unknown[]));
    }
    expect(receipts).toEqual([{ item: 'tea', total: 6 }]);
  }, 120_000);

  it('worker does jobs, tries one again, and dead-letters what cannot be done', async () => {
    const start = await open('worker');
    const worker = start('src/main.ts');
    await worker.says(STARTED);
    expect(await start('src/send.ts').end()).toBe(0);
    await worker.says('job 1: EASY, attempt 1');
    await worker.says('job 2: AT LAST, attempt 2');
    await worker.says('NoText');
    expect(emulator.entity('jobs/$DeadLetterQueue').messages()).toHaveLength(1);
  }, 120_000);

  it('worker has a test that passes', async () => {
    const tests = run('worker', ['--test', 'src/jobs.spec.ts']);
    await tests.end();
    expect(tests.output).toMatch(/pass 1$/m);
  }, 120_000);

  it('formats takes orders of every format, and answers in events', async () => {
    const start = await open('formats');
    const service = start('src/main.ts');
    await service.says(STARTED);
    expect(await start('src/send.ts').end()).toBe(0);
    const contentTypes = [
      'tea, as application/cloudevents+json',
      'milk, as application/vnd.masstransit+json',
      'sugar, as avro/binary',
      'lemon, as application/json',
    ];
    for (const [index, order] of contentTypes.entries()) {
      await service.says(`order ${index + 1}: ${order}`);
      await service.says(`order ${index + 1} is booked: com.shop.order-booked`);
    }
    await service.says('UndecodableMessage');
    expect(emulator.entity('orders/$DeadLetterQueue').messages()).toHaveLength(1);
  }, 120_000);

  it('topic brings what is published to both subscriptions', async () => {
    const start = await open('topic');
    const subscriber = start('src/subscriber.ts');
    await subscriber.says(STARTED);
    expect(await start('src/publisher.ts').end()).toBe(0);
    await subscriber.says('billing: order 1 is charged');
    await subscriber.says('billing: order 1 is refunded');
    await subscriber.says('audit: order 1, placed');
    await subscriber.says('audit: order 1, cancelled');
  }, 120_000);

  it('contracts carries typed orders, answers a question, and describes both', async () => {
    const start = await open('contracts');
    const port = await freePort();
    const app = start('src/main.ts', port);
    const ask = askOf(port);
    await app.says('Nest application successfully started');
    await answers(ask, 'asyncapi');
    expect((await ask('orders', { id: 1, item: 'tea', pieces: 2 })).status).toBe(202);
    await app.says('order 1: 2 tea, 6 euros');
    expect((await ask('orders', { id: 1, item: 'tea', pieces: 2 })).status).toBe(202);
    expect((await ask('orders', { id: 2, item: 'tea', pieces: 0 })).status).toBe(400);
    expect((await ask('orders', { id: 3, item: 'a boat', pieces: 1 })).status).toBe(202);
    await until(() => emulator.entity('failed-orders').counts.active === 1);
    expect(app.output.match(/order 1:/g)).toHaveLength(1);
    expect(await (await ask('prices/tea')).json()).toEqual({ euros: 3 });
    expect(await (await ask('asyncapi.json')).json()).toMatchObject({ info: { title: 'Shop' } });
  }, 120_000);

  it('contracts has a test that passes, and files that say what its code does', async () => {
    const start = await open('contracts');
    const tests = start('--test', 0, 'src/warehouse.spec.ts');
    await tests.end();
    expect(tests.output).toMatch(/pass 1$/m);
    const { AppModule } = await import('../../examples/contracts/src/app.module.js');
    const strategy = { listen: (done: () => void) => done(), close: () => undefined };
    const app = await NestFactory.createMicroservice(AppModule, { strategy, logger: false });
    const read = async (file: string): Promise<unknown> =>
      JSON.parse(await readFile(path.join(EXAMPLES, 'contracts', file), 'utf8'));
    // `npm run export` and `npm run messages` write them.
    expect(toConfigJson(describeApplication(app).topology)).toEqual(await read('Config.json'));
    const document = await describeMessages(app, { title: 'Shop', version: '1.0.0' });
    expect(JSON.parse(JSON.stringify(document))).toEqual(await read('messages.json'));
    await app.close();
  }, 120_000);

  it('connections tells one namespace what was sold in the other, waits as it is told, and pauses', async () => {
    const port = await freePort();
    // Emulators of its own: it starts as its README says.
    const app = run('connections', ['src/main.ts'], { PORT: String(port) });
    const ask = askOf(port);
    await app.says('Nest application successfully started');
    await answers(ask, 'health');
    expect((await ask('orders', { id: 1, item: 'tea', pieces: 2 })).status).toBe(202);
    await app.says('order 1: in the ledger, attempt 2');
    const pause = 'pause?reason=the+books+are+closed';
    expect((await ask(`bindings/sales/${pause}`, {})).status).toBe(204);
    expect(await (await ask(`bindings/sale/${pause}`, {})).json()).toMatchObject({
      statusCode: 404,
      message: 'there is no binding "sale": did you mean "sales"?',
    });
    expect(await (await ask('health')).json()).toMatchObject({
      status: 'ok',
      details: {
        'service-bus': { status: 'up' },
        'service-bus:orders': { status: 'up' },
        'service-bus@reports': { status: 'up' },
        'service-bus@reports:sales': {
          status: 'up',
          state: 'paused',
          paused: { reason: 'the books are closed' },
        },
      },
    });
    expect((await ask('orders', { id: 2, item: 'tea', pieces: 1 })).status).toBe(202);
    expect((await ask('bindings/sales/resume', {})).status).toBe(204);
    await app.says('order 2: in the ledger, attempt 2');
    expect(await (await ask('ledger')).json()).toEqual([
      { order: 1, euros: 6 },
      { order: 2, euros: 3 },
    ]);
  }, 120_000);

  it('connections has tests that pass, and in production asks for its namespaces', async () => {
    const tests = run('connections', ['--test', 'src/orders.spec.ts', 'src/sales.spec.ts']);
    await tests.end();
    expect(tests.output).toMatch(/pass 3$/m);
    const app = run('connections', ['src/main.ts'], {
      NODE_ENV: 'production',
      SB_CONNECTION: 'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=a;SharedAccessKey=b',
    });
    expect(await app.end()).not.toBe(0);
    expect(app.output).toContain('SB_REPORTS_CONNECTION is required');
  }, 120_000);

  it('rate sends ten invoices a second from two instances, whatever becomes of one and of the database', async () => {
    const postgres = await startPostgres();
    try {
      const start = await open('rate', { DATABASE_URL: postgres.connectionString });
      const instances = [start('src/main.ts'), start('src/main.ts')];
      for (const instance of instances) await instance.says(STARTED);
      expect(await start('src/send.ts', 0, '60').end()).toBe(0);
      const timesOf = (what: string, one?: StartedProcess): number[] =>
        (one ? [one] : instances)
          .flatMap(({ output }) => [...output.matchAll(new RegExp(`${what} \\d+ at (\\d+)`, 'g'))])
          .map(([, atMs]) => Number(atMs))
          .sort((a, b) => a - b);
      await until(() => timesOf('invoice').length >= 30 && timesOf('mail').length > 20);
      expect(instances.every((one) => timesOf('invoice', one).length > 5)).toBe(true);
      // With a second for what a busy machine may hold up: two rates of ten would need half of the time.
      const [first = 0, ...others] = timesOf('invoice').slice(0, 30);
      expect((others.at(-1) ?? 0) - first).toBeGreaterThan(29 * 100 - 1_000);
      await instances[0]?.crash();
      const done = timesOf('invoice').length;
      await until(() => timesOf('invoice').length > done + 5);
      await postgres.crash();
      await instances[1]?.says('the store of its rate fails, its messages wait');
      await postgres.start();
      await instances[1]?.says('the store of its rate answers again');
      const { counts, lockedCount } = emulator.entity('invoices');
      expect(counts.active + timesOf('invoice').length).toBeGreaterThanOrEqual(60);
      // What the crashed one had in its hands comes again when its locks end, which is not waited for.
      await until(() => timesOf('invoice').length >= 60 - lockedCount);
    } finally {
      await Promise.all(processes.splice(0).map((started) => started.stop()));
      await postgres.close();
    }
  }, 240_000);

  it('orders books each order once, and files one receipt, although it is killed', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'orders-'));
    const port = await freePort();
    const start = await open('orders', { DATABASE_DIRECTORY: directory });
    const report = (): Promise<unknown> =>
      fetch(`http://127.0.0.1:${port}/report`).then(
        (response) => response.json(),
        () => undefined,
      );
    try {
      let app = start('src/main.ts', port);
      const client = start('src/place-orders.ts', port, '150');
      for (const last of [20, 100]) {
        await client.says(`order ${last} is placed`);
        await app.crash();
        app = start('src/main.ts', port);
      }
      expect(await client.end()).toBe(0);
      const all = { orders: 150, bookings: 150, bookedOrders: 150, receipts: 150 };
      await until(async () => JSON.stringify(await report()) === JSON.stringify(all), 60_000).catch(
        async () => {
          expect(await report()).toEqual(all);
        },
      );
    } finally {
      await Promise.all(processes.splice(0).map((started) => started.stop()));
      // Its database may still be writing.
      await rm(directory, { recursive: true, force: true, maxRetries: 50 });
    }
  }, 240_000);
});
