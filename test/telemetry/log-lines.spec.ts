import { ServiceBusClient, type ServiceBusMessage } from '@azure/service-bus';
import { type INestApplication, Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { JsonLogger } from '../../src/logging/json-logger.js';
import {
  type BindingOptions,
  currentMessage,
  type ServiceBusContext,
  ServiceBusModule,
  ServiceBusServer,
} from 'nestjs-service-bus';
import { type Emulator } from 'service-bus-emulator';
import {
  WORK_HANDLER,
  WorkController,
  type WorkHandler,
} from '../../packages/nestjs-service-bus/test/support/work-controller.js';
import { startTestEmulator } from '../support/start-emulator.js';
import { until } from '../support/until.js';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const TRACEPARENT = `00-${TRACE_ID}-b7ad6b7169203331-01`;

describe('the lines that are logged while a message is processed', () => {
  let emulator: Emulator;
  let client: ServiceBusClient;
  let app: INestApplication | undefined;
  beforeEach(async () => {
    emulator = await startTestEmulator({ queues: ['work', { name: 'in-sessions', requiresSession: true }] });
    client = new ServiceBusClient(emulator.connectionString);
  });
  afterEach(async () => {
    await app?.close();
    await client.close();
    await emulator.close();
  });
  const left = (queue: string): number => emulator.entity(queue).messageCount;
  const send = (queue: string, ...messages: ServiceBusMessage[]): Promise<void> =>
    client.createSender(queue).sendMessages(messages);
  const startWork = async (handler: WorkHandler, binding: BindingOptions, options = {}): Promise<void> => {
    const { connectionString } = emulator;
    const module = await Test.createTestingModule({
      imports: [
        ServiceBusModule.forRoot({ connectionString, ...options }),
        ServiceBusModule.forFeature({ pattern: 'work', ...binding }),
      ],
      controllers: [WorkController],
      providers: [{ provide: WORK_HANDLER, useValue: handler }],
    }).compile();
    app = module.createNestApplication({ logger: false });
    app.connectMicroservice({ strategy: app.get(ServiceBusServer) });
    await app.startAllMicroservices();
  };
  let lines: Record<string, unknown>[] = [];
  const listen = (): void => {
    lines = [];
    const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
    Logger.overrideLogger(new JsonLogger(undefined, { write }));
  };
  afterEach(() => {
    Logger.overrideLogger(false);
  });
  const said = (message: RegExp): Record<string, unknown>[] =>
    lines.filter((line) => message.test(String(line['message'])));

  it("tell which message they are about: the handler's own, and those about its failure", async () => {
    const logger = new Logger('Mine');
    const handler = async (_: unknown, { attempt }: ServiceBusContext): Promise<void> => {
      await new Promise((resolve) => setImmediate(resolve));
      logger.log('working');
      throw new Error(attempt === 1 ? 'not yet' : 'never');
    };
    const retry = { maxAttempts: 2, delayMs: 1, maxDelayMs: 1 };
    await startWork(handler, { retry }, { currentMessage: true });
    listen();
    const applicationProperties = { traceparent: TRACEPARENT };
    await send('work', {
      body: 'secret body',
      messageId: 'm1',
      correlationId: 'c1',
      applicationProperties,
    });
    await until(() => left('work/$DeadLetterQueue') === 1 && said(/dead-lettered/).length === 1);
    const about = { queue: 'work', messageId: 'm1', correlationId: 'c1', traceId: TRACE_ID };
    expect(said(/^working$/)).toMatchObject([
      { ...about, attempt: 1, context: 'Mine', level: 'info' },
      { ...about, attempt: 2 },
    ]);
    expect(said(/failed, next attempt/)).toMatchObject([{ ...about, attempt: 1, level: 'warn' }]);
    expect(said(/is dead-lettered: Error/)).toMatchObject([
      { ...about, attempt: 2, level: 'error', stack: expect.stringContaining('never') },
    ]);
    expect(JSON.stringify(lines)).not.toContain('secret body');
    expect(currentMessage()).toBeUndefined();
  });

  it.each(['work', 'in-sessions'])(
    'never tell of another message, with many at once in %s',
    async (queue) => {
      const logger = new Logger('Mine');
      const handler = async (payload: unknown): Promise<void> => {
        for (let step = 0; step < 3; step++) {
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
          logger.log(`working on ${String(payload)}`);
        }
      };
      const sessions = { maxConcurrentSessions: 5 };
      await startWork(handler, queue === 'work' ? { maxConcurrentCalls: 20 } : { queue, sessions }, {
        currentMessage: true,
      });
      listen();
      const messages = Array.from({ length: 60 }, (_, index) => ({
        body: index,
        messageId: `m${index}`,
        sessionId: `s${index % 5}`,
      }));
      await send(queue, ...messages);
      await until(() => left(queue) === 0);
      const working = said(/^working on/);
      expect(working).toHaveLength(180);
      for (const line of working)
        expect(line['message']).toBe(`working on ${String(line['messageId']).slice(1)}`);
    },
  );

  it("tell it without the option too, where they are the module's own", async () => {
    let inHandler: unknown = 'not called';
    const handler = (): void => {
      inHandler = currentMessage();
      throw new Error('broken');
    };
    await startWork(handler, { retry: { maxAttempts: 1 } });
    listen();
    await send('work', { body: 'x', messageId: 'm1' });
    await until(() => said(/is dead-lettered/).length === 1);
    expect(inHandler).toBeUndefined();
    expect(said(/is dead-lettered/)).toMatchObject([{ queue: 'work', messageId: 'm1', attempt: 1 }]);
    expect(currentMessage()).toBeUndefined();
  });
});
