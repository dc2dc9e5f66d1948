import { describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';

import { until } from '../../../test/support/until.js';
import { DeadLetterException, type ServiceBusContext, ServiceBusModule } from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';
import { WORK_HANDLER, WorkController } from './support/work-controller.js';

const PAUSE_MS = 700;
const circuitBreaker = { minMessages: 20, pauseMs: PAUSE_MS };

describe('a circuit breaker', () => {
  const scene = serviceBusScene({ entities: { queues: ['work'] } });

  it('pauses a binding that fails, then tries one message at a time, and resumes when one succeeds', async () => {
    let isBroken = true;
    let inWork = 0;
    const startedAt: { atMs: number; inWork: number }[] = [];
    const handler = async (_payload: unknown, context: ServiceBusContext): Promise<void> => {
      startedAt.push({ atMs: performance.now(), inWork: ++inWork });
      await new Promise((resolve) => setImmediate(resolve));
      inWork--;
      // Only first attempts fail: retries succeed.
      if (isBroken && context.attempt === 1) throw new Error('broken');
    };
    const retry = { delayMs: 10, maxDelayMs: 10 };
    const app = await scene.startWork(handler, { retry, circuitBreaker, maxConcurrentCalls: 5 });
    const circuit = (): string | undefined => app.server.health()[0]?.circuit;
    expect(circuit()).toBe('closed');
    await scene.send('work', ...Array.from({ length: 100 }, (_, index) => ({ body: index })));
    await until(() => circuit() === 'open');
    isBroken = false;
    const openedAt = performance.now();
    const runsBefore = startedAt.length;
    await until(() => scene.left('work') === 0);
    const [probe] = startedAt.slice(runsBefore).filter(({ atMs }) => atMs > openedAt);
    expect((probe?.atMs ?? 0) - openedAt).toBeGreaterThanOrEqual(PAUSE_MS - 100);
    expect(probe?.inWork).toBe(1);
    expect(circuit()).toBe('closed');
    expect(runsBefore).toBeLessThan(40);
    expect(scene.left('work/$DeadLetterQueue')).toBe(0);
  });

  it('learns nothing from a message that has no attempt left', async () => {
    await scene.send('work', { body: 'spent' });
    const other = scene.client.createReceiver('work');
    const [spent] = await other.receiveMessages(1);
    await scene.send('work', { body: 'bad' });
    const bodies: unknown[] = [];
    const handler = (body: unknown): void => {
      bodies.push(body);
      if (body === 'bad') throw new Error('broken');
    };
    const states: string[] = [];
    const app = await scene.startApp({
      controllers: [WorkController],
      providers: [{ provide: WORK_HANDLER, useValue: handler }],
      imports: [
        ServiceBusModule.forFeature({
          pattern: 'work',
          maxConcurrentCalls: 1,
          retry: { maxAttempts: 1 },
          circuitBreaker: { minMessages: 1, pauseMs: PAUSE_MS },
        }),
      ],
      beforeStart: () =>
        void Logger.overrideLogger({
          log: () => undefined,
          error: () => undefined,
          warn: (line: string) => void states.push(...(/(?<=the circuit is ).*/.exec(line) ?? [])),
        }),
    });
    await until(() => app.server.health()[0]?.circuit === 'open');
    if (spent) await other.abandonMessage(spent);
    await other.close();
    await scene.send('work', { body: 'good' });
    await until(() => scene.left('work') === 0 && app.server.health()[0]?.circuit === 'closed');
    Logger.overrideLogger(false);
    expect(bodies).toEqual(['bad', 'good']);
    expect(states).toEqual(['open', 'half-open', 'closed']);
  });

  it('ignores failures caused by the messages themselves', async () => {
    let runs = 0;
    const handler = (): void => {
      runs++;
      throw new DeadLetterException('Bad');
    };
    const app = await scene.startWork(handler, { circuitBreaker });
    await scene.send('work', ...Array.from({ length: 40 }, (_, index) => ({ body: index })));
    await until(() => runs === 40);
    expect(app.server.health()[0]?.circuit).toBe('closed');
  });

  it('gives waiting messages back when the application closes', async () => {
    const handler = (): void => {
      throw new Error('broken');
    };
    const longPause = { minMessages: 1, pauseMs: 60_000 };
    const app = await scene.startWork(handler, { circuitBreaker: longPause, retry: { delayMs: 0 } });
    await scene.send('work', ...Array.from({ length: 40 }, (_, index) => ({ body: index })));
    await until(() => app.server.health()[0]?.circuit === 'open');
    await app.close();
    expect(scene.emulator.entity('work').lockedCount).toBe(0);
    expect(scene.left('work')).toBe(40);
  });
});
