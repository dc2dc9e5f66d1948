import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { describeApplication, describeMessages } from 'nestjs-service-bus';
import { type Emulator, readEntities, startEmulator } from 'service-bus-emulator';

import { toConfigJson } from '../../packages/nestjs-service-bus/src/topology/export/config-json.js';
import { until } from '../support/until.js';
import { freePort, StartedProcess } from './started-process.js';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
const STARTED = 'Nest microservice successfully started';

// Each is run from its sources, on an emulator with the entities of its own Config.json.
describe('the example', () => {
  let cache: string;
  let emulator: Emulator;
  const processes: StartedProcess[] = [];

  beforeAll(async () => {
    cache = await mkdtemp(path.join(tmpdir(), 'examples-'));
  });

  afterEach(async () => {
    await Promise.all(processes.splice(0).map((started) => started.stop()));
    await emulator.close();
  });

  afterAll(() => rm(cache, { recursive: true, force: true }));

  async function open(
    example: string,
    variables: Readonly<Record<string, string>> = {},
  ): Promise<(program: string, port?: number, ...args: string[]) => StartedProcess> {
    const directory = path.join(EXAMPLES, example);
    const entities = await readEntities(path.join(directory, 'Config.json'));
    emulator = await startEmulator({ port: 0, administrationPort: false, entities });
    return (program, port = 0, ...args) => {
      const started = StartedProcess.program([program, ...args], directory, {
        SB_CONNECTION: emulator.connectionString,
        PORT: String(port),
        TYPESCRIPT_CACHE: cache,
        ...variables,
      });
      processes.push(started);
      return started;
    };
  }

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
    const ask = (path: string, body?: object): Promise<Response> =>
      fetch(`http://127.0.0.1:${port}/${path}`, {
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
        headers: { 'content-type': 'application/json' },
      });
    await app.says('Nest application successfully started');
    // Nest says that it has started before it listens.
    await until(() =>
      ask('asyncapi').then(
        ({ ok }) => ok,
        () => false,
      ),
    );
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
