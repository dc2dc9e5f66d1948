import { describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';

import { until } from '../../../test/support/until.js';
import {
  DeadLetterException,
  type ServiceBusContext,
  ServiceBusModule,
  ServiceBusServer,
} from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';
import { WORK_HANDLER, WorkController } from './support/work-controller.js';
import { useTestbeds } from './support/work-testbed.js';

const PAUSE_MS = 700;
const circuitBreaker = { minMessages: 20, pauseMs: PAUSE_MS };

describe('a circuit breaker', () => {
  const scene = serviceBusScene({ entities: { queues: ['work'] } });
  const { openWork } = useTestbeds();

  it('pauses a binding that fails, then tries one message at a time, and resumes when one succeeds', async () => {
    let isBroken = true;
    let inWork = 0;
    const inWorkAtStart: number[] = [];
    const handler = async (_payload: unknown, context: ServiceBusContext): Promise<void> => {
      inWorkAtStart.push(++inWork);
      await new Promise((resolve) => setImmediate(resolve));
      inWork--;
      // Only first attempts fail: retries succeed.
      if (isBroken && context.attempt === 1) throw new Error('broken');
    };
    const retry = { delayMs: 10, maxDelayMs: 10 };
    const bus = await openWork(handler, { retry, circuitBreaker, maxConcurrentCalls: 5 });
    const circuit = (): string | undefined => bus.get(ServiceBusServer).health()[0]?.circuit;
    expect(circuit()).toBe('closed');
    await Promise.all(Array.from({ length: 100 }, (_, index) => bus.send('work', index)));
    await bus.settled();
    expect(circuit()).toBe('open');
    isBroken = false;
    const runsBefore = inWorkAtStart.length;
    expect(runsBefore).toBeLessThan(40);
    await bus.clock.advance(PAUSE_MS - 1);
    expect(inWorkAtStart).toHaveLength(runsBefore);
    await bus.clock.advance(10_000);
    expect(inWorkAtStart[runsBefore]).toBe(1);
    expect(circuit()).toBe('closed');
    expect([bus.completed.length, bus.deadLettered.length]).toEqual([100, 0]);
  });

  it('ignores failures caused by the messages themselves', async () => {
    const bus = await openWork(() => Promise.reject(new DeadLetterException('Bad')), { circuitBreaker });
    await Promise.all(Array.from({ length: 40 }, (_, index) => bus.send('work', index)));
    await bus.settled();
    expect(bus.deadLettered).toHaveLength(40);
    expect(bus.get(ServiceBusServer).health()[0]?.circuit).toBe('closed');
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
