import { afterEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';

import { until } from '../../../test/support/until.js';
import {
  type BindingOptions,
  currentMessage,
  DeferException,
  ServiceBusModule,
  type ServiceBusModuleOptions,
} from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';
import { type ServiceBusApp } from './support/start-service-bus-app.js';
import { WORK_HANDLER, WorkController, type WorkHandler } from './support/work-controller.js';

const SHORT_RETRY = { maxAttempts: 2, delayMs: 1, maxDelayMs: 1 };

describe('the log', () => {
  const scene = serviceBusScene({
    entities: { queues: ['work', 'out', { name: 'sessions', requiresSession: true }] },
  });
  const lines: string[] = [];
  const told: unknown[] = [];
  afterEach(() => {
    Logger.overrideLogger(false);
    lines.length = 0;
    told.length = 0;
  });

  function start(
    handler: WorkHandler,
    binding: BindingOptions = {},
    options: Partial<ServiceBusModuleOptions> = {},
  ): Promise<ServiceBusApp> {
    const writeAt =
      (level: string) =>
      (line: string): void => {
        lines.push(`${level} ${line}`);
        if (level !== 'warn') told.push(currentMessage()?.end);
      };
    const logger = {
      log: writeAt('info'),
      debug: writeAt('debug'),
      warn: writeAt('warn'),
      error: writeAt('error'),
    };
    return scene.startApp({
      controllers: [WorkController],
      providers: [{ provide: WORK_HANDLER, useValue: handler }],
      imports: [ServiceBusModule.forFeature({ pattern: 'work', retry: SHORT_RETRY, ...binding })],
      options,
      beforeStart: () => void Logger.overrideLogger(logger),
    });
  }
  const logged = (line: RegExp): Promise<void> => until(() => lines.some((one) => line.test(one)));
  const matching = (line: RegExp): string[] => lines.filter((one) => line.test(one));

  describe('of messages', () => {
    it('tells of each that a handler is done with, where its result went, and how long it took', async () => {
      await start(() => 'done', { replyTo: 'out' }, { logMessages: 'info' });
      await scene.send('work', { body: 'secret', messageId: 'm-17' });
      await logged(/^info work: message m-17 → out, \d+ ms, attempt 1$/);
      expect(told).toContainEqual({ outcome: 'completed', durationMs: expect.any(Number) });
      expect(lines.join('\n')).not.toContain('secret');
    });

    it('tells it at the level debug, with handlers that give nothing, and on one line', async () => {
      await start(() => undefined, { replyTo: 'out' }, { logMessages: 'debug' });
      await scene.send('work', { body: 1, messageId: 'a\nb' }, { body: 2 });
      await logged(/^debug work: message a b done, \d+ ms, attempt 1$/);
      await logged(/^debug work: message \S+ done, \d+ ms, attempt 1$/);
    });

    it('tells of what went well in a later attempt, of what was deferred, and not twice of a failure', async () => {
      let attempts = 0;
      await start(
        (payload) => {
          if (payload === 'defer') throw new DeferException();
          if (payload === 'retry' && ++attempts === 1) throw new Error('once');
          if (payload === 'fail') throw new Error('always');
        },
        {},
        { logMessages: 'info', currentMessage: true },
      );
      await scene.send('work', ...['defer', 'retry', 'fail'].map((body) => ({ body, messageId: body })));
      await logged(/^info work: message defer deferred, \d+ ms, attempt 1$/);
      await logged(/^info work: message retry done, \d+ ms, attempt 2$/);
      await logged(/^error .*message fail, attempt 2 is dead-lettered/);
      expect(matching(/^info .*message fail/)).toEqual([]);
      expect(told).toContainEqual({ outcome: 'deferred', durationMs: expect.any(Number) });
    });

    it('tells of a lock that was lost meanwhile', async () => {
      await start(() => undefined, {}, { logMessages: 'info' });
      scene.emulator.faults.failSettlements(1, 'work');
      await scene.send('work', { body: 'x', messageId: 'm' });
      await logged(/^info work: message m lock lost, \d+ ms, attempt 1$/);
    });

    it('says nothing of them unless it is told to', async () => {
      await start(() => 'done', { replyTo: 'out' });
      await scene.send('work', { body: 'x', messageId: 'm' });
      await until(() => scene.left('out') === 1 && scene.left('work') === 0);
      expect(matching(/message m/)).toEqual([]);
    });
  });

  describe('of receivers', () => {
    it.each([
      ['detached', /^error work \(work\): not receiving, keeps trying: .*detached/],
      ['cut off', /^info work \(work\): the link was lost, another is being opened$/],
    ])('tells when one is connected, is %s, and is back, with the time it took', async (how, loss) => {
      await start(() => undefined);
      await logged(/^info work \(work\): receiving, after \d+ ms$/);
      if (how === 'detached') scene.emulator.detachLinks('work');
      else scene.emulator.dropConnections();
      await logged(loss);
      await logged(/^info work \(work\): receiving again, after \d+ ms$/);
      expect(matching(/receiving, after/)).toHaveLength(1);
    });

    it('tells how a drain begins and ends', async () => {
      let finish: () => void = () => undefined;
      const { server } = await start(() => new Promise<void>((resolve) => (finish = resolve)));
      await scene.send('work', { body: 'x' });
      await until(() => server.health()[0]?.inWork === 1);
      const drained = server.drain(20_000);
      await logged(/^info work \(work\): receives no more, 1 messages in work$/);
      finish();
      await drained;
      expect(matching(/work \(work\): drained in \d+ ms: 1 finished, 0 given back$/)).toHaveLength(1);
    });

    it('tells how many a drain gave back', async () => {
      const { server } = await start(() => new Promise<void>(() => undefined));
      await scene.send('work', { body: 'x' }, { body: 'y' });
      await until(() => server.health()[0]?.inWork === 2);
      await server.drain(0);
      expect(matching(/work \(work\): drained in \d+ ms: 0 finished, 2 given back$/)).toHaveLength(1);
    });

    it('tells the same of sessions', async () => {
      const { server } = await start(() => undefined, { queue: 'sessions', sessions: {} });
      await logged(/^info work \(sessions, sessions\): receiving, after \d+ ms$/);
      await server.drain(1_000);
      expect(matching(/drained in \d+ ms: 0 finished, 0 given back$/)).toHaveLength(1);
    });
  });
});
