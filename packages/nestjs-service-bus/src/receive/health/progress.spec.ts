import { ServiceBusError } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';

import { Progress } from './progress.js';

describe('Progress', () => {
  it('reports when a message last ended, and the last error', () => {
    let nowMs = 0;
    const progress = new Progress({ now: () => 0, wallTime: () => nowMs, random: () => 0 });
    expect(progress.health()).toEqual({});

    progress.done();
    nowMs = 1_500;
    progress.done();
    nowMs = 2_000;
    progress.failed(new ServiceBusError('no such queue', 'MessagingEntityNotFound'));
    nowMs = 9_000;
    expect(progress.health()).toEqual({
      lastProgressAt: '1970-01-01T00:00:01.500Z',
      lastError: {
        code: 'MessagingEntityNotFound',
        message: 'no such queue',
        at: '1970-01-01T00:00:02.000Z',
      },
    });
  });

  it('names an error without a code by its class', () => {
    const progress = new Progress({ now: () => 0, wallTime: () => 0, random: () => 0 });
    progress.failed(new TypeError('not a function'));
    expect(progress.health()).toMatchObject({ lastError: { code: 'TypeError' } });
  });
});
