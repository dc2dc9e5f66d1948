import { describe, expect, it, jest } from '@jest/globals';

import { until } from '../../../test/support/until.js';
import { serviceBusScene } from './support/service-bus-scene.js';

import { type WorkHandler } from './support/work-controller.js';

describe('a message that is done, and cannot be completed', () => {
  const scene = serviceBusScene({ entities: { queues: [{ name: 'work', lockDurationMs: 1_000 }, 'out'] } });

  it('is completed when it is redelivered, without running its handler or sending its output again', async () => {
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

  it('is completed even if the first try for its next delivery fails', async () => {
    const handler = jest.fn<WorkHandler>();
    await scene.startWork(handler);
    scene.emulator.faults.failSettlements(2, 'work');
    await scene.send('work', { body: 1 });
    await until(() => scene.left('work') === 0);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  it('is told apart from another message with the same id', async () => {
    const handler = jest.fn<WorkHandler>();
    await scene.startWork(handler, { maxConcurrentCalls: 1 });
    scene.emulator.faults.failSettlements(1, 'work');
    await scene.send('work', { body: 'first', messageId: 'same' }, { body: 'second', messageId: 'same' });
    await until(() => scene.left('work') === 0);
    expect(handler.mock.calls.map(([payload]) => payload)).toEqual(['first', 'second']);
  });
});
