import { setTimeout as delay } from 'node:timers/promises';

import { ServiceBusClient } from '@azure/service-bus';
import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { startTestEmulator } from '../support/start-emulator.js';
import { until } from '../support/until.js';
import { PidOneProcess, unshareOptions } from './pid-one-process.js';

jest.setTimeout(60_000);

const MAIN = '../../src/main.ts';
const FREE_PORTS = { PORT: '0', EMULATOR_PORT: '0', EMULATOR_ADMIN_PORT: '0' };
const READY = /ready after .*? (http:\S+?),/;
/** Signals that come within this time count as one. */
const ECHO_MS = 250;

// The kernel gives process 1 no default action for signals, and nobody restarts what hangs there but a kill.
const describeWhereAllowed = unshareOptions ? describe : describe.skip;
if (!unshareOptions) console.warn('skipped: this machine allows no process namespace (unshare --pid)');

describeWhereAllowed('as process 1 of a container', () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of cleanUp.splice(0).reverse()) await close();
  });

  async function start(
    file: string,
    variables: Readonly<Record<string, string>> = {},
    ...args: string[]
  ): Promise<PidOneProcess> {
    const started = await PidOneProcess.start(file, variables, args);
    cleanUp.push(() => started.close());
    return started;
  }

  it('the service finishes what is in work on SIGTERM, and exits with 0', async () => {
    const service = await start(MAIN, FREE_PORTS);
    const url = await service.said(READY);
    expect(service.ids.at(-1)).toBe(1);
    const received = fetch(`${url}/receive?idleTimeout=60&minMessages=2`).then((response) => response.json());
    expect((await fetch(`${url}/send`, { method: 'POST', body: 'Hello world!' })).status).toBe(200);
    await until(async () => ((await (await fetch(`${url}/peek`)).json()) as unknown[]).length === 1);
    service.signal('SIGTERM');
    expect(await received).toEqual(['Hello world!']);
    expect(await service.exit()).toBe(0);
  });

  it('the service exits within a second of a second signal, whatever is in work', async () => {
    const broker = await startTestEmulator({ queues: ['counter-in', 'counter-out'] });
    cleanUp.push(() => broker.close());
    const service = await start(MAIN, {
      ...FREE_PORTS,
      SB_CONNECTION: broker.connectionString,
      APPS: 'counter',
    });
    const url = await service.said(READY);
    await until(async () => (await fetch(`${url}/health`)).status === 200);
    const client = new ServiceBusClient(broker.connectionString, {
      retryOptions: { timeoutInMs: 2_000, maxRetries: 0 },
    });
    cleanUp.push(() => client.close());
    const sender = client.createSender('counter-in');
    await sender.sendMessages({ body: { text: 'one' } });
    await until(() => broker.entity('counter-in').messageCount === 0);
    // A message that cannot be settled keeps the drain waiting. (Its sender gets no answer either.)
    broker.faults.delayAnswers(600_000, 'counter-in');
    sender.sendMessages({ body: { text: 'two' } }).catch(() => undefined);
    await until(() => broker.entity('counter-out').counts.active === 2);
    service.signal('SIGTERM');
    await service.said(/(SIGTERM): finishing/);
    await until(async () => (await fetch(`${url}/health/ready`)).status === 503);
    await delay(2 * ECHO_MS);
    service.signal('SIGTERM');
    const signalledAtMs = performance.now();
    expect(await service.exit()).toBe(143);
    expect(performance.now() - signalledAtMs).toBeLessThan(1_000);
  });

  it('a close that hangs ends at its deadline', async () => {
    const hanging = await start('./hanging-close.ts', {}, '500');
    await hanging.said(/^ready/m);
    expect(hanging.ids.at(-1)).toBe(1);
    hanging.signal('SIGTERM');
    const signalledAtMs = performance.now();
    expect(await hanging.exit()).toBe(143);
    expect(performance.now() - signalledAtMs).toBeGreaterThanOrEqual(500);
    expect(performance.now() - signalledAtMs).toBeLessThan(1_500);
    expect(hanging.output).toContain('closing');
  });

  it('a close that hangs ends at once on a second signal', async () => {
    const hanging = await start('./hanging-close.ts', {}, '600000');
    await hanging.said(/^ready/m);
    hanging.signal('SIGINT');
    await hanging.said(/^closing/m);
    await delay(2 * ECHO_MS);
    hanging.signal('SIGINT');
    const signalledAtMs = performance.now();
    expect(await hanging.exit()).toBe(130);
    expect(performance.now() - signalledAtMs).toBeLessThan(1_000);
  });
});
