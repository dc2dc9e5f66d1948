import { ServiceBusClient } from '@azure/service-bus';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

import { type Emulator } from 'service-bus-emulator';
import { startTestEmulator } from '../support/start-emulator.js';
import { until } from '../support/until.js';
import { ServiceProcess } from './start-process.js';

jest.setTimeout(120_000);

describe('WORKERS', () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of cleanUp.splice(0).reverse()) await close();
  });

  async function start(variables: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> {
    const service = await ServiceProcess.start({ WORKERS: '2', ...variables });
    cleanUp.push(() => service.close());
    return service;
  }

  async function startBroker(): Promise<{ broker: Emulator; client: ServiceBusClient }> {
    const broker = await startTestEmulator({
      queues: [
        { name: 'counter-in', lockDurationMs: 5_000, maxDeliveryCount: 100 },
        { name: 'counter-out', requiresDuplicateDetection: true },
      ],
    });
    const client = new ServiceBusClient(broker.connectionString, {
      retryOptions: { timeoutInMs: 5_000, maxRetries: 0 },
    });
    cleanUp.push(
      () => broker.close(),
      () => client.close(),
    );
    return { broker, client };
  }

  /** Never 0: that would signal all processes of this test. */
  function idOf(worker: number, workers: ReadonlyMap<number, number>): number {
    const id = workers.get(worker);
    if (id === undefined) throw new Error(`there is no worker ${worker}`);
    return id;
  }

  const status = async (url: string): Promise<number> => (await fetch(url)).status;

  it('share the work, and nothing is lost where one of them is killed', async () => {
    const { broker, client } = await startBroker();
    const service = await start({ SB_CONNECTION: broker.connectionString, APPS: 'counter' });
    const url = await service.ready();
    expect(service.output).toContain('ms with 2 workers: http');
    // The start is told once; that it receives, a worker may tell for itself.
    expect(service.output.replaceAll(/^\[Worker \d\].*: receiving, after \d+ ms$/gm, '')).not.toMatch(
      /\[Worker \d\]/,
    );
    await until(async () => (await status(`${url}/health`)) === 200);
    const sender = client.createSender('counter-in');

    // What is dead-lettered is logged by the worker that had it.
    await until(async () => {
      await sender.sendMessages([{ body: 'not valid' }, { body: 'not valid' }]);
      return service.errors.includes('[Worker 1]') && service.errors.includes('[Worker 2]');
    }, 20_000);

    const before = await service.workers();
    const total = 500;
    const killed = idOf(1, before);
    for (let sent = 0; sent < total; sent += 50) {
      const ids = Array.from({ length: 50 }, (_, index) => `message-${sent + index}`);
      await sender.sendMessages(ids.map((messageId) => ({ messageId, body: { text: messageId } })));
      if (sent === 200) process.kill(killed, 'SIGKILL');
    }
    await until(() => service.output.includes('worker 1 is ready'));
    await until(() => broker.entity('counter-in').counts.active === 0);
    expect(broker.entity('counter-out').counts.active).toBe(total);
    expect(service.output).toContain('worker 1 was ended by SIGKILL, another is started in its place');
    const after = await service.workers();
    expect(after.get(2)).toBe(before.get(2));
    expect([...after.keys()].sort()).toEqual([1, 2]);
    expect(after.get(1)).not.toBe(killed);

    service.signal('SIGTERM');
    expect(await service.exit()).toBe(0);
    expect((await service.workers()).size).toBe(0);
  });

  it('work on an emulator in the primary, and finish what is in work when told to stop', async () => {
    const service = await start({ APPS: 'relay' });
    const url = await service.ready();
    expect(service.output.match(/an emulator runs in this process/g)).toHaveLength(1);
    const received = fetch(`${url}/receive?idleTimeout=60&minMessages=2`).then((response) => response.json());
    expect((await fetch(`${url}/send`, { method: 'POST', body: 'Hello world!' })).status).toBe(200);
    await until(async () => ((await (await fetch(`${url}/peek`)).json()) as unknown[]).length === 1);
    service.signal('SIGINT');
    expect(await received).toEqual(['Hello world!']);
    expect(await service.exit()).toBe(0);
    expect(service.errors).toBe('');
  });

  it('tell of all their metrics, whichever is asked, are named in the log, and restart one by one', async () => {
    const service = await start({ APPS: 'relay', LOG_FORMAT: 'json' });
    const url = await service.ready();
    await until(async () => {
      const page = await (await fetch(`${url}/metrics`, { headers: { connection: 'close' } })).text();
      const workers = [...page.matchAll(/^process_uptime_seconds\{worker="(\d)"\} \d/gm)];
      return workers.map(([, number]) => number).join() === '1,2';
    }, 20_000);
    // An operator restarts them one after the other.
    process.kill(idOf(2, await service.workers()), 'SIGTERM');
    await until(() => service.output.includes('worker 2 is ready'));
    expect(service.output).toContain('worker 2 was ended by exit code 0, another is started in its place');
    service.signal('SIGTERM');
    expect(await service.exit()).toBe(0);
    const lines = service.output.trim().split('\n');
    const stops = lines.map((line) => JSON.parse(line) as { worker?: number; context?: string });
    const workers = stops.filter(({ context }) => context === 'Shutdown').map(({ worker }) => worker);
    expect(workers.sort()).toEqual([1, 2, 2, undefined]);
  });

  it('exit at once on a second signal', async () => {
    const { broker, client } = await startBroker();
    const service = await start({ SB_CONNECTION: broker.connectionString, APPS: 'counter' });
    await service.ready();
    // A message that cannot be settled keeps the drain waiting.
    await client.createSender('counter-in').sendMessages({ body: { text: 'one' } });
    await until(() => broker.entity('counter-out').counts.active === 1);
    broker.faults.delayAnswers(600_000, 'counter-in');
    const sender = client.createSender('counter-in');
    sender.sendMessages({ body: { text: 'two' } }).catch(() => undefined);
    await until(() => broker.entity('counter-out').counts.active === 2);
    service.signal('SIGTERM');
    await until(() => service.output.match(/: finishing the messages in work/g)?.length === 3);
    let code: number | null = null;
    const sinceMs = performance.now();
    void service.exit().then((exitCode) => (code = exitCode));
    // A signal within 250 ms counts as the echo of the first one.
    await until(() => {
      service.signal('SIGTERM');
      return code !== null;
    });
    expect(performance.now() - sinceMs).toBeLessThan(1_500);
    expect(code).toBe(143);
  });

  it('finish what is in work, and exit, where the primary is killed', async () => {
    const { broker } = await startBroker();
    const service = await start({
      SB_CONNECTION: broker.connectionString,
      APPS: 'relay',
      RELAY_IN_QUEUE: 'counter-in',
      RELAY_OUT_QUEUE: 'counter-in',
    });
    const url = await service.ready();
    const received = fetch(`${url}/receive?idleTimeout=60&minMessages=2`).then((response) => response.json());
    expect((await fetch(`${url}/send`, { method: 'POST', body: 'Hello world!' })).status).toBe(200);
    await until(() => broker.entity('counter-in').messages()[0]?.locked === true);
    service.signal('SIGKILL');
    expect(await received).toEqual(['Hello world!']);
    // The pipe of their output closes when the last of them has ended.
    await service.exit();
    expect(service.output).toContain('the primary process is gone: finishing the messages in work');
    expect(broker.entity('counter-in').messages()).toEqual([]);
  });

  it('say once why they cannot start', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanUp.push(() => once(server.close(), 'close'));
    const { port } = server.address() as AddressInfo;
    const service = await start({ PORT: String(port), APPS: 'relay' });
    expect(await service.exit()).toBe(1);
    expect(service.errors).toBe(
      `PORT=${port}: the port is taken, set PORT to another one or to 0 for a free one\n`,
    );
  });

  it('are given up when they end as fast as they are started', async () => {
    const crash = "process.argv.includes('--worker')&&process.exit(7)";
    const service = await start({ NODE_OPTIONS: `--import=data:text/javascript,${crash}` });
    expect(await service.exit()).toBe(1);
    expect(service.errors).toMatch(
      /^worker [12] was ended by exit code 7, as were all that were started in its place: giving up\n$/,
    );
    expect(service.output.match(/another is started in its place/g)?.length).toBeGreaterThanOrEqual(4);
  });
});
