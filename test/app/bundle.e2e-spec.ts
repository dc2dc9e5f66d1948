import { ServiceBusClient, type ServiceBusMessage } from '@azure/service-bus';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:net';

import { type Emulator } from 'service-bus-emulator';
import { startTestEmulator } from '../support/start-emulator.js';
import { until } from '../support/until.js';
import { RepositoryCopy } from './repository-copy.js';
import { ServiceProcess } from './start-process.js';

jest.setTimeout(240_000);

/** Continuous integration has built the repository before, and has the tests try that. */
const IS_BUILT = process.env['SERVICE_PROGRAM'] !== undefined;
const QUEUES = ['feedback-form', 'counter', 'relay'].flatMap((name) => [`${name}-in`, `${name}-out`]);

/** An application by somebody who has the package installed; in JavaScript, so its decorators are calls. */
const USER = `
  import 'reflect-metadata';
  import { Controller, Module } from '@nestjs/common';
  import { NestFactory } from '@nestjs/core';
  import { MessagePattern, Payload } from '@nestjs/microservices';
  import { IsInt } from 'class-validator';
  import { QuickValidationPipe, ServiceBusModule, ServiceBusServer } from 'nestjs-service-bus';

  class Amount {}
  IsInt()(Amount.prototype, 'amount');
  let done;
  const finished = new Promise((resolve) => (done = resolve));
  class WorkController {
    work(payload) {
      console.log(payload.constructor.name, JSON.stringify(payload));
      setTimeout(done, 500);
      return payload;
    }
  }
  MessagePattern('work')(WorkController.prototype, 'work', Object.getOwnPropertyDescriptor(WorkController.prototype, 'work'));
  Payload()(WorkController.prototype, 'work', 0);
  Reflect.defineMetadata('design:paramtypes', [Amount], WorkController.prototype, 'work');
  Controller()(WorkController);
  class AppModule {}
  Module({
    imports: [
      ServiceBusModule.forRoot({ connectionString: process.argv[1] }),
      ServiceBusModule.forFeature({ pattern: 'work', queue: 'counter-in', replyTo: 'counter-out' }),
    ],
    controllers: [WorkController],
  })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: false });
  app.useGlobalPipes(new QuickValidationPipe({ transform: true }));
  app.connectMicroservice({ strategy: app.get(ServiceBusServer) }, { inheritAppConfig: true });
  await app.startAllMicroservices();
  await app.init();
  await finished;
  await app.close();
`;

describe('the service as it is built, in a bundle', () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  let copy: RepositoryCopy;

  beforeAll(async () => {
    copy = await RepositoryCopy.make();
    if (IS_BUILT) return copy.takeBuilt();
    // As "npm run build" does, but for the types: those are checked with the repository.
    for (const step of [
      ['node_modules/typescript/bin/tsc', '-b', 'packages/tsconfig.build.json', '--noCheck'],
      ['tools/bundle-packages.js'],
      ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--noCheck'],
      ['tools/bundle.js'],
    ]) {
      expect(await copy.node(...step)).toEqual({ exitCode: 0, output: '', errors: '' });
    }
  });
  afterAll(() => copy.close());
  afterEach(async () => {
    for (const close of cleanUp.splice(0).reverse()) await close();
  });

  async function start(variables: Readonly<Record<string, string>> = {}): Promise<[ServiceProcess, string]> {
    const service = await ServiceProcess.startBuilt(copy.path('dist/service/main.js'), variables);
    cleanUp.push(() => service.close());
    return [service, await service.ready()];
  }

  async function startBroker(): Promise<{
    broker: Emulator;
    send(queue: string, ...messages: ServiceBusMessage[]): Promise<void>;
  }> {
    const broker = await startTestEmulator({ queues: QUEUES });
    const client = new ServiceBusClient(broker.connectionString);
    cleanUp.push(
      () => broker.close(),
      () => client.close(),
    );
    return { broker, send: (queue, ...messages) => client.createSender(queue).sendMessages(messages) };
  }

  it('starts with an emulator of its own, and answers on all its pages', async () => {
    const [service, url] = await start();
    await until(async () => (await fetch(`${url}/health/ready`)).status === 200);
    const pages = ['/health', '/health/live', '/metrics', '/docs', '/docs/swagger-ui.css'];
    const statuses = await Promise.all(pages.map(async (page) => [page, (await fetch(url + page)).status]));
    expect(statuses).toEqual(pages.map((page) => [page, 200]));
    expect(await (await fetch(`${url}/send`, { method: 'POST', body: 'Hello world!' })).json()).toBe(true);
    await until(async () => {
      const messages: unknown = await (await fetch(`${url}/receive?idleTimeout=1`)).json();
      return JSON.stringify(messages) === '["Hello world!"]';
    }, 20_000);
    expect(service.errors).toBe('');
    service.signal('SIGTERM');
    expect(await service.exit()).toBe(0);
  });

  it('has its features take messages, and refuse bad ones', async () => {
    const { broker, send } = await startBroker();
    await start({ SB_CONNECTION: broker.connectionString });
    await send('counter-in', { body: { text: 'one two' } }, { body: { text: 5 } });
    await send('feedback-form-in', { body: { nonsense: true } });
    await until(() => broker.entity('counter-out').counts.active === 1);
    const reasons = (): unknown[] =>
      ['counter-in', 'feedback-form-in'].map((queue) =>
        broker.entity(`${queue}/$DeadLetterQueue`).messages()[0]?.applicationProperty('DeadLetterReason'),
      );
    await until(() => !reasons().includes(undefined));
    expect(reasons()).toEqual(['ValidationFailed', 'ValidationFailed']);
  });

  it('has one class-transformer only: by another one’s decorators nothing could be planned', async () => {
    const files = await copy.list('dist/service');
    const texts = await Promise.all(
      files.filter((file) => file.endsWith('.js')).map((file) => copy.read(file)),
    );
    const storages = texts.join('').match(/\bdefaultMetadataStorage = new /g);
    expect(storages).toHaveLength(1);
  });

  it('gives those who import the package a library in one file that works all the same', async () => {
    const { broker, send } = await startBroker();
    await send('counter-in', { body: { amount: 1 } }, { body: { amount: 'much' } });
    const used = await copy.node('--input-type=module', '--eval', USER, broker.connectionString);
    expect(used).toEqual({ exitCode: 0, output: 'Amount {"amount":1}\n', errors: '' });
    expect(broker.entity('counter-in/$DeadLetterQueue').counts.active).toBe(1);
    expect(broker.entity('counter-out').counts.active).toBe(1);
  });

  it('shares its work among processes', async () => {
    const { broker, send } = await startBroker();
    const [service, url] = await start({
      SB_CONNECTION: broker.connectionString,
      WORKERS: '2',
      APPS: 'counter',
    });
    await until(async () => (await fetch(`${url}/health`)).status === 200);
    expect((await service.workers()).size).toBe(2);
    await send('counter-in', ...Array.from({ length: 20 }, (_, index) => ({ body: { text: `${index}` } })));
    await until(() => broker.entity('counter-out').counts.active === 20);
  });

  it('ends, and frees its port, when `npm start` gets a signal', async () => {
    const service = await ServiceProcess.startByNpm(copy.path('.'), { APPS: 'relay' });
    cleanUp.push(() => service.close());
    const url = await service.ready();
    service.signal('SIGTERM');
    // Whoever is left behind keeps the pipe of the output open, and the port taken.
    await service.exit();
    expect(service.output).toContain('SIGTERM: finishing');
    const server = createServer().listen(Number(new URL(url).port), '127.0.0.1');
    await once(server, 'listening');
    await once(server.close(), 'close');
  });

  it('tells a wrong variable', async () => {
    const service = await ServiceProcess.startBuilt(copy.path('dist/service/main.js'), { PORT: 'abc' });
    cleanUp.push(() => service.close());
    expect(await service.exit()).toBe(1);
    expect(service.errors).toBe('PORT="abc": must be a port: 0 to 65535, 0 picks a free one\n');
  });
});
