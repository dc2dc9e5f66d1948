import { describe, expect, it, jest } from '@jest/globals';

import { type WorkHandler } from './support/work-controller.js';
import { useTestbeds } from './support/work-testbed.js';

/** Longer than the broker's lock. */
const LATER_MS = 60_000;

describe('a message that is done, and cannot be completed', () => {
  const { openWork } = useTestbeds();

  it('is completed when it is redelivered, without running its handler or sending its output again', async () => {
    const handler = jest.fn(() => 'done');
    const bus = await openWork(handler, { replyTo: 'out' });
    bus.faults.failSettlements(1, 'work');
    await bus.sendMessage('work', { body: 1, messageId: 'm1' });
    await bus.settled();
    expect(bus.sent).toMatchObject([{ to: 'out' }]);
    expect(bus.entity('work').messageCount).toBe(1);
    await bus.clock.advance(LATER_MS);
    expect(bus.entity('work').messageCount).toBe(0);
    expect(handler).toHaveBeenCalledTimes(1);
    expect(bus.sent).toHaveLength(1);
    expect(bus.completed).toMatchObject([{ messageId: 'm1', attempt: 2 }]);
  });

  it('is completed even if the first try for its next delivery fails', async () => {
    const handler = jest.fn<WorkHandler>();
    const bus = await openWork(handler);
    bus.faults.failSettlements(2, 'work');
    await bus.send('work', 1);
    await bus.clock.advance(LATER_MS);
    expect(bus.entity('work').messageCount).toBe(1);
    await bus.clock.advance(LATER_MS);
    expect(bus.entity('work').messageCount).toBe(0);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  it('is told apart from another message with the same id', async () => {
    const handler = jest.fn<WorkHandler>();
    const bus = await openWork(handler, { maxConcurrentCalls: 1 });
    bus.faults.failSettlements(1, 'work');
    for (const body of ['first', 'second']) await bus.sendMessage('work', { body, messageId: 'same' });
    await bus.clock.advance(LATER_MS);
    expect(bus.entity('work').messageCount).toBe(0);
    expect(handler.mock.calls.map(([payload]) => payload)).toEqual(['first', 'second']);
  });
});
