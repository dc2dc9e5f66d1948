import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Emulator, readEntities, startEmulator } from 'service-bus-emulator';

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

  async function open(example: string): Promise<(program: string, port?: number) => StartedProcess> {
    const directory = path.join(EXAMPLES, example);
    const entities = await readEntities(path.join(directory, 'Config.json'));
    emulator = await startEmulator({ port: 0, administrationPort: false, entities });
    return (program, port = 0) => {
      const started = StartedProcess.program(program, directory, {
        SB_CONNECTION: emulator.connectionString,
        PORT: String(port),
        TYPESCRIPT_CACHE: cache,
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
});
