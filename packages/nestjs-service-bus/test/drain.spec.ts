import { setTimeout as delay } from 'node:timers/promises';

import { type ServiceBusSender } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';
import { Controller, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';

import { TcpProxy } from '../../../test/support/tcp-proxy.js';
import { until } from '../../../test/support/until.js';
import {
  DrainedError,
  InjectSender,
  RetryException,
  type ServiceBusContext,
  ServiceBusModule,
} from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';
import { startServiceBusApp } from './support/start-service-bus-app.js';
import { WORK_HANDLER, WorkController } from './support/work-controller.js';

describe('closing the application', () => {
  const scene = serviceBusScene({ entities: { queues: ['work', 'out'] } });

  it('lets messages in work finish, including reply and completion, and takes no new ones', async () => {
    let runs = 0;
    const handler = async (): Promise<string> => {
      runs++;
      await delay(200);
      return 'done';
    };
    const app = await scene.startWork(handler, { replyTo: 'out', maxConcurrentCalls: 2 });
    await scene.send('work', ...Array.from({ length: 10 }, (_, body) => ({ body })));
    await until(() => runs === 2);
    await app.close();
    expect(runs).toBe(2);
    expect(scene.left('out')).toBe(2);
    expect(scene.left('work')).toBe(8);
    expect(scene.emulator.entity('work').lockedCount).toBe(0);
  });

  it('gives back messages that wait for a retry at once, keeping their count of attempts', async () => {
    const attempts: number[] = [];
    const handler = (_payload: unknown, context: ServiceBusContext): void => {
      attempts.push(context.attempt);
      throw new RetryException({ delayMs: 60_000 });
    };
    const app = await scene.startWork(handler);
    await scene.send('work', { body: 1 });
    await until(() => app.server.health()[0]?.waitingForRetry === 1);
    const startedAt = Date.now();
    await app.close();
    expect(Date.now() - startedAt).toBeLessThan(3_000);
    expect(scene.emulator.entity('work').lockedCount).toBe(0);
    await scene.startWork(handler);
    await until(() => attempts.length === 2);
    expect(attempts).toEqual([1, 2]);
  });

  it('gives back what a far broker sends until it hears of it', async () => {
    // Longer than the SDK waits for its credit.
    const proxy = await TcpProxy.start(scene.emulator.port);
    try {
      proxy.conditions = { latencyMs: 150 };
      const far = scene.emulator.connectionString.replace(/:\d+;/, `:${proxy.port};`);
      const app = await startServiceBusApp(far, {
        controllers: [WorkController],
        providers: [
          { provide: WORK_HANDLER, useValue: () => Promise.reject(new RetryException({ delayMs: 60_000 })) },
        ],
        imports: [ServiceBusModule.forFeature({ pattern: 'work' })],
      });
      await app.receiving();
      await scene.send('work', ...Array.from({ length: 40 }, (_, body) => ({ body })));
      await until(() => app.server.health()[0]?.waitingForRetry !== 0);
      await app.close();
      const { lockedCount, counts } = scene.emulator.entity('work');
      expect({ lockedCount, active: counts.active }).toEqual({ lockedCount: 0, active: 40 });
    } finally {
      await proxy.close();
    }
  });

  it('counts an attempt that has failed although the copy for its retry was not answered in time', async () => {
    const handler = (): void => {
      throw new RetryException({ delayMs: 60_000 });
    };
    const app = await scene.startWork(handler, { retry: { maxHoldMs: 0 } }, { drainTimeoutMs: 100 });
    scene.emulator.faults.delayAnswers(60_000, 'work');
    const sender = scene.client.createSender('work');
    void sender.sendMessages({ body: 1 }).catch(() => undefined);
    await until(() => scene.emulator.entity('work').counts.scheduled === 1);
    await app.close();
    scene.emulator.faults.clear();
    const messages = await scene.take('work', 1);
    expect(messages[0]?.applicationProperties).toMatchObject({ 'retry-attempts': 1 });
  });

  it('aborts the signal after the grace period; gives the message back uncounted, and sends no output', async () => {
    const attempts: number[] = [];
    let reason: unknown;
    const handler = async (_payload: unknown, context: ServiceBusContext): Promise<string> => {
      attempts.push(context.attempt);
      if (attempts.length > 1) return 'second';
      await new Promise<void>((resolve) => context.signal.addEventListener('abort', () => resolve()));
      reason = context.signal.reason;
      return 'first';
    };
    const app = await scene.startWork(handler, { replyTo: 'out' }, { drainTimeoutMs: 100 });
    await scene.send('work', { body: 1 });
    await until(() => attempts.length === 1);
    await app.close();
    expect(reason).toBeInstanceOf(DrainedError);
    await scene.startWork(handler, { replyTo: 'out' });
    await until(() => scene.left('work') === 0);
    const replies = await scene.takeAll('out');
    expect(replies.map(({ body }) => body as unknown)).toEqual(['second']);
    expect(attempts).toEqual([1, 1]);
  });

  it('ends in time even if a handler never ends', async () => {
    let runs = 0;
    const app = await scene.startWork(() => new Promise(() => runs++), {}, { drainTimeoutMs: 50 });
    await scene.send('work', { body: 1 });
    await until(() => runs === 1);
    const startedAt = Date.now();
    await app.close();
    expect(Date.now() - startedAt).toBeLessThan(3_000);
    expect(scene.emulator.entity('work').lockedCount).toBe(0);
  });

  it('drains before the handlers’ providers are destroyed, and senders work until then', async () => {
    const events: string[] = [];
    @Injectable()
    class Pool implements OnModuleDestroy {
      onModuleDestroy(): void {
        events.push('pool destroyed');
      }
    }
    @Controller()
    class PoolController {
      constructor(@InjectSender('out') private readonly out: ServiceBusSender) {}

      @MessagePattern('work')
      async work(): Promise<void> {
        events.push('begins');
        await delay(100);
        await this.out.sendMessages({ body: 'sent late' });
        events.push('ends');
      }
    }
    const app = await scene.startApp({
      controllers: [PoolController],
      providers: [Pool],
      imports: [ServiceBusModule.forFeature({ pattern: 'work', senders: ['out'] })],
    });
    await app.receiving();
    await scene.send('work', { body: 1 });
    await until(() => events.length === 1);
    await app.close();
    expect(events).toEqual(['begins', 'ends', 'pool destroyed']);
    expect(scene.left('out')).toBe(1);
    expect(scene.left('work')).toBe(0);
  });

  it('makes readiness fail at once, while messages still finish', async () => {
    let end = (): void => undefined;
    const app = await scene.startWork(() => new Promise<void>((resolve) => (end = resolve)));
    await scene.send('work', { body: 1 });
    await until(() => app.server.health()[0]?.inWork === 1);
    expect((await app.health.isHealthy())['service-bus']?.status).toBe('up');
    const closed = app.close();
    await until(() => app.server.isDraining);
    const health = await app.health.isHealthy();
    expect(health['service-bus']).toMatchObject({ status: 'down', state: 'draining' });
    expect(health['service-bus:work']).toMatchObject({ status: 'down', state: 'draining', inWork: 1 });
    end();
    await closed;
    expect(scene.left('work')).toBe(0);
  });
});
