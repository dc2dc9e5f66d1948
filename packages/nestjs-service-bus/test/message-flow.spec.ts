import { setTimeout as delay } from 'node:timers/promises';

import { describe, expect, it } from '@jest/globals';

import { until } from '../../../test/support/until.js';
import { RetryException } from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';

describe('the flow of messages', () => {
  const scene = serviceBusScene({ entities: { queues: ['work', 'out'] } });

  it('never has more messages in work than the binding allows, even after links were detached', async () => {
    let inWork = 0;
    let most = 0;
    let done = 0;
    const handler = async (): Promise<void> => {
      most = Math.max(most, ++inWork);
      await delay(5);
      inWork--;
      done++;
    };
    await scene.startWork(handler, { maxConcurrentCalls: 4 });
    await scene.send('work', ...Array.from({ length: 400 }, (_, body) => ({ body })));
    for (const at of [50, 120, 200]) {
      await until(() => done >= at);
      scene.emulator.detachLinks('work');
    }
    await until(() => scene.left('work') === 0);
    expect(most).toBe(4);
    expect(done).toBeGreaterThanOrEqual(400);
  });

  it('processes as many messages at once as the binding allows', async () => {
    let inWork = 0;
    let releaseAll = (): void => undefined;
    const together = new Promise<void>((resolve) => (releaseAll = resolve));
    await scene.startWork(
      async () => {
        if (++inWork === 10) releaseAll();
        await together;
      },
      { maxConcurrentCalls: 10 },
    );
    await scene.send('work', ...Array.from({ length: 10 }, (_, body) => ({ body })));
    await until(() => scene.left('work') === 0);
  });

  it('is not blocked by a handler that never ends, nor by messages that wait for a retry', async () => {
    let end = (): void => undefined;
    const stuck = new Promise<void>((resolve) => (end = resolve));
    const seen = new Set<unknown>();
    const handler = async (payload: unknown): Promise<void> => {
      if (payload === 'stuck') return stuck;
      if (payload === 'waits') throw new RetryException({ delayMs: 60_000 });
      seen.add(payload);
    };
    const app = await scene.startWork(handler, { maxConcurrentCalls: 20 });
    await scene.send('work', { body: 'stuck' }, ...Array.from({ length: 5 }, () => ({ body: 'waits' })));
    const others = Array.from({ length: 6_000 }, (_, body) => ({ body }));
    await scene.send('work', ...others);
    await until(() => seen.size === others.length && scene.left('work') === 6, 15_000);
    await until(() => app.server.health()[0]?.inWork === 1);
    expect(app.server.health()).toMatchObject([{ state: 'receiving', waitingForRetry: 5 }]);
    end();
    await until(() => scene.left('work') === 5);
    // Their links are closed, except the one that receives and those that still hold waiting messages.
    await until(() => scene.emulator.entity('work').receiverCount <= 3);
  });

  it('batches the outputs of concurrent messages, each sent once and none lost', async () => {
    await scene.startWork((payload) => payload, { replyTo: 'out', maxConcurrentCalls: 100 });
    const inputs = Array.from({ length: 2_000 }, (_, index) => ({ body: index, messageId: `m${index}` }));
    await scene.send('work', ...inputs);
    await until(() => scene.left('work') === 0);
    const ids = scene.emulator
      .entity('out')
      .messages()
      .map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(2_000);
    expect(ids).toHaveLength(2_000);
  });
});
