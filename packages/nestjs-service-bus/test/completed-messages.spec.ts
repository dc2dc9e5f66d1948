import { describe, expect, it, jest } from '@jest/globals';

import { serviceBusScene } from './support/service-bus-scene.js';
import { until } from './support/start-service-bus-app.js';
import { type WorkHandler } from './support/work-controller.js';

describe('a message that is done, and cannot be completed', () => {
  const scene = serviceBusScene({ entities: { queues: [{ name: 'work', lockDurationMs: 1_000 }, 'out'] } });

  it('is completed when it comes again, without another run of its handler and without another output', async () => {
    const handler = jest.fn(() => 'done');
    await scene.startWork(handler, { replyTo: 'out' });
    scene.emulator.faults.failSettlements(1, 'work');
    await scene.send('work', { body: 1, messageId: 'm1' });
    await until(() => scene.left('out') === 1);
    expect(scene.left('work')).toBe(1);
    await until(() => scene.left('work') === 0);
    expect(handler).toHaveBeenCalledTimes(1);
    expect(scene.left('out')).toBe(1);
  });

  it('is completed so also when the first try of its next delivery fails', async () => {
    const handler = jest.fn<WorkHandler>();
    await scene.startWork(handler);
    scene.emulator.faults.failSettlements(2, 'work');
    await scene.send('work', { body: 1 });
    await until(() => scene.left('work') === 0);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  it('is told apart from another message of the same id', async () => {
    const handler = jest.fn<WorkHandler>();
    await scene.startWork(handler, { maxConcurrentCalls: 1 });
    scene.emulator.faults.failSettlements(1, 'work');
    await scene.send('work', { body: 'first', messageId: 'same' }, { body: 'second', messageId: 'same' });
    await until(() => scene.left('work') === 0);
    expect(handler.mock.calls.map(([payload]) => payload)).toEqual(['first', 'second']);
  });
});
