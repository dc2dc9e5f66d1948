import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';

import { JsonLogger } from '../../src/logging/json-logger.js';
import { currentMessage, type ServiceBusContext } from 'nestjs-service-bus';
import { serviceBusScene } from '../../packages/nestjs-service-bus/test/support/service-bus-scene.js';
import { until } from '../support/until.js';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const TRACEPARENT = `00-${TRACE_ID}-b7ad6b7169203331-01`;

describe('the lines that are logged while a message is processed', () => {
  const scene = serviceBusScene({
    entities: { queues: ['work', { name: 'in-sessions', requiresSession: true }] },
  });
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
    await scene.startWork(handler, { retry }, { currentMessage: true });
    listen();
    const applicationProperties = { traceparent: TRACEPARENT };
    await scene.send('work', {
      body: 'secret body',
      messageId: 'm1',
      correlationId: 'c1',
      applicationProperties,
    });
    await until(() => scene.left('work/$DeadLetterQueue') === 1 && said(/dead-lettered/).length === 1);
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
      await scene.startWork(handler, queue === 'work' ? { maxConcurrentCalls: 20 } : { queue, sessions }, {
        currentMessage: true,
      });
      listen();
      const messages = Array.from({ length: 60 }, (_, index) => ({
        body: index,
        messageId: `m${index}`,
        sessionId: `s${index % 5}`,
      }));
      await scene.send(queue, ...messages);
      await until(() => scene.left(queue) === 0);
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
    await scene.startWork(handler, { retry: { maxAttempts: 1 } });
    listen();
    await scene.send('work', { body: 'x', messageId: 'm1' });
    await until(() => said(/is dead-lettered/).length === 1);
    expect(inHandler).toBeUndefined();
    expect(said(/is dead-lettered/)).toMatchObject([{ queue: 'work', messageId: 'm1', attempt: 1 }]);
    expect(currentMessage()).toBeUndefined();
  });
});
