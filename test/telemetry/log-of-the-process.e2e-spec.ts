import { ServiceBusClient } from '@azure/service-bus';
import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { ServiceProcess } from '../app/start-process.js';
import { startTestEmulator } from '../support/start-emulator.js';
import { until } from '../support/until.js';

jest.setTimeout(90_000);

const KEY = 'c2VjcmV0LWtleS1vZi10aGUtYnVz';
const WAIT_MS = 20_000;
const API_KEY = 'k-0123456789-abcdefghij-0123456789';

describe('the log of the process', () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of cleanUp.splice(0).reverse()) await close();
  });

  async function start(variables: Readonly<Record<string, string>>): Promise<ServiceProcess> {
    const service = await ServiceProcess.start(variables);
    cleanUp.push(() => service.close());
    return service;
  }

  const linesOf = ({ output }: ServiceProcess): Record<string, unknown>[] =>
    output
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('is JSON in production, tells which message failed, and has neither bodies nor secrets', async () => {
    const emulator = await startTestEmulator(
      { queues: ['counter-in', 'counter-out'] },
      { acceptAnyToken: true },
    );
    cleanUp.push(() => emulator.close());
    const service = await start({
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      APPS: 'counter',
      LOG_LEVEL: 'debug',
      SB_CONNECTION: emulator.connectionString.replace('SAS_KEY_VALUE', KEY),
      HTTP_API_KEYS: `ci:operate:${API_KEY}`,
    });
    const url = await service.ready();
    await fetch(`${url}/metrics?key=${API_KEY}`, { headers: { 'x-api-key': API_KEY } });
    const client = new ServiceBusClient(emulator.connectionString);
    cleanUp.push(() => client.close());
    await client.createSender('counter-in').sendMessages({
      body: { text: { secret: 'in the body' } },
      messageId: 'm1',
      correlationId: 'c1',
    });
    await until(() => emulator.entity('counter-in/$DeadLetterQueue').messageCount === 1, WAIT_MS);
    await until(() => service.output.includes('is dead-lettered'), WAIT_MS);
    service.signal('SIGTERM');
    await service.exit();

    const lines = linesOf(service);
    const [failure] = lines.filter(({ message }) => String(message).includes('is dead-lettered'));
    expect(failure).toMatchObject({
      level: 'error',
      context: 'ServiceBusServer',
      queue: 'counter-in',
      messageId: 'm1',
      correlationId: 'c1',
      attempt: 1,
    });
    expect(
      lines.filter(({ message }) => /^GET \/metrics (?:200|401|403), /.test(String(message))),
    ).toHaveLength(1);
    for (const secret of [KEY, API_KEY, 'in the body']) {
      expect(service.output).not.toContain(secret);
      expect(service.errors).not.toContain(secret);
    }
  });

  it('tells of each message of the lab in development, and of the life of the process', async () => {
    const service = await start({ APPS: 'relay,counter' });
    const url = await service.ready();
    const [, connectionString = ''] = /in this process: (Endpoint=\S+)/.exec(service.output) ?? [];
    const client = new ServiceBusClient(connectionString);
    cleanUp.push(() => client.close());
    await fetch(`${url}/send`, { method: 'POST', body: 'Hello world!' });
    await fetch(`${url}/send`, {
      method: 'POST',
      body: Buffer.from([0xff, 0]),
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect(await (await fetch(`${url}/receive?minMessages=2`)).json()).toHaveLength(2);
    await client.createSender('counter-in').sendMessages({ body: { text: 'a b' }, messageId: 'm-17' });
    await client.createSender('relay-out').sendMessages({ body: 'x'.repeat(300) });
    await fetch(`${url}/receive?minMessages=1`);
    const told = (line: RegExp): Promise<void> => until(() => line.test(service.output), WAIT_MS);
    await told(/LOG \[Relay\] SEND relay-in: Hello world!\n/);
    await told(/LOG \[Relay\] SEND relay-in: \(2 bytes\)\n/);
    await told(/LOG \[Relay\] RECEIVED relay-out: Hello world!\n/);
    await told(/LOG \[Relay\] RECEIVED relay-out: x{200}… \(300 characters\)\n/);
    await told(/LOG \[ServiceBusServer\] relay-in: message \S+ done, \d+ ms, attempt 1\n/);
    await told(/LOG \[ServiceBusServer\] counter-in: message m-17 → counter-out, \d+ ms, attempt 1\n/);
    await told(/LOG \[ServiceBusServer\] counter \(counter-in\): receiving, after \d+ ms\n/);
    service.signal('SIGTERM');
    expect(await service.exit()).toBe(0);
    expect(service.output).toMatch(/counter \(counter-in\): drained in \d+ ms: 0 finished, 0 given back\n/);
  });

  it.each([
    ['off', { LOG_LEVEL: 'debug' }],
    ['on', { LOG_LEVEL: 'debug', LOG_BODIES: 'on' }],
  ])('tells of messages at debug in production, with bodies %s', async (bodies, variables) => {
    const emulator = await startTestEmulator({
      queues: ['counter-in', 'counter-out', 'relay-in', 'relay-out'],
    });
    cleanUp.push(() => emulator.close());
    const service = await start({
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      HTTP_AUTH: 'none',
      APPS: 'counter,relay',
      SB_CONNECTION: emulator.connectionString,
      ...variables,
    });
    const url = await service.ready();
    await fetch(`${url}/send`, {
      method: 'POST',
      body: 'private',
      headers: { BrokerProperties: '{"MessageId":"m1"}' },
    });
    await fetch(`${url}/receive?minMessages=1`);
    const client = new ServiceBusClient(emulator.connectionString);
    cleanUp.push(() => client.close());
    await client.createSender('counter-in').sendMessages({ body: { text: 'private' }, messageId: 'm2' });
    await until(() => service.output.includes('message m2 → counter-out'), WAIT_MS);
    const lineOf = (text: string): unknown =>
      linesOf(service).find(({ message }) => String(message).includes(text));
    const shown = bodies === 'on' ? 'private' : '(7 bytes)';
    expect(lineOf('SEND')).toMatchObject({
      level: 'debug',
      message: `SEND relay-in: ${shown}`,
      queue: 'relay-in',
      messageId: 'm1',
    });
    expect(lineOf('RECEIVED')).toMatchObject({
      level: 'debug',
      message: `RECEIVED relay-out: ${shown}`,
      queue: 'relay-out',
      correlationId: 'm1',
    });
    expect(lineOf('message m2')).toMatchObject({
      level: 'debug',
      queue: 'counter-in',
      messageId: 'm2',
      attempt: 1,
      outcome: 'completed',
      durationMs: expect.any(Number),
    });
    expect(service.output.includes('private')).toBe(bodies === 'on');
  });

  it('goes on after somebody has opened the documentation', async () => {
    const service = await start({ APPS: 'counter' });
    const url = await service.ready();
    for (const path of ['/docs', '/docs/swagger-ui.css', '/docs-json']) {
      expect((await fetch(url + path)).status).toBe(200);
    }
    const [, connectionString = ''] = /in this process: (Endpoint=\S+)/.exec(service.output) ?? [];
    const client = new ServiceBusClient(connectionString);
    cleanUp.push(() => client.close());
    await client.createSender('counter-in').sendMessages({ body: 7, messageId: 'after' });
    await until(() => service.errors.includes('message after, attempt 1 is dead-lettered'), WAIT_MS);
    // Nor does it tell of an application that starts.
    expect(service.output).not.toContain('NestFactory');
  });

  it.each(['text', 'json'])('may be closed by its reader (%s)', async (format) => {
    const service = await start({ APPS: 'relay', LOG_FORMAT: format, LOG_LEVEL: 'debug' });
    const url = await service.ready();
    await service.stopReading();
    for (let request = 0; request < 5; request += 1) {
      // Each is a line of the log.
      expect((await fetch(`${url}/health/live`)).status).toBe(200);
      await fetch(`${url}/send`, { method: 'POST', body: 'Hello world!' });
    }
    expect((await fetch(`${url}/receive?minMessages=5`)).status).toBe(200);
    expect(service.isRunning).toBe(true);
  });

  it('is for people in development, and tells of messages too', async () => {
    const service = await start({ APPS: 'counter' });
    await service.ready();
    const [, connectionString = ''] = /in this process: (Endpoint=\S+)/.exec(service.output) ?? [];
    const client = new ServiceBusClient(connectionString);
    cleanUp.push(() => client.close());
    await client.createSender('counter-in').sendMessages({ body: 7, messageId: 'm\n1' });
    await until(() => service.errors.includes('is dead-lettered'), WAIT_MS);
    expect(service.errors).toMatch(
      /ERROR \[ServiceBusServer\] counter \(counter-in\): message m 1, attempt 1 is dead-lettered: ValidationFailed \{queue=counter-in messageId=m 1 attempt=1\}/,
    );
  });
});
