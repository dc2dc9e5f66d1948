import { ServiceBusError } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';

import { isTransient, retrying } from './retrying.js';

const busy = Object.assign(new ServiceBusError('busy', 'ServiceBusy'), { retryable: true });
const unauthorized = Object.assign(new ServiceBusError('no', 'UnauthorizedAccess'), { retryable: true });
const lost = Object.assign(new ServiceBusError('gone', 'MessageLockLost'), { retryable: false });

describe('retrying', () => {
  it.each([
    [busy, true],
    [new AggregateError([unauthorized, busy]), true],
    [new Error('Unknown error occurred on the AMQP connection'), true],
    // The SDK would try for half a minute.
    [unauthorized, false],
    [lost, false],
    [new TypeError('a mistake of ours'), false],
    [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), false],
  ])('knows what may pass: %s', (error, isIt) => {
    expect(isTransient(error)).toBe(isIt);
  });

  it('leaves a broker that throttles in peace, and gives up in the end', async () => {
    const waits: number[] = [];
    const wait = (ms: number): Promise<void> => {
      waits.push(ms);
      return Promise.resolve();
    };
    await expect(retrying(() => Promise.reject(busy), undefined, wait)).rejects.toBe(busy);
    expect(waits).toHaveLength(5);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(2_000);
  });

  it('tries no more once it is told to stop', async () => {
    const controller = new AbortController();
    const work = (): Promise<void> => {
      controller.abort(new Error('enough'));
      return Promise.reject(busy);
    };
    await expect(retrying(work, controller.signal, () => Promise.resolve())).rejects.toThrow('enough');
  });
});
