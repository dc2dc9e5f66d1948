import { ServiceBusError } from '@azure/service-bus';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { Retrying } from './retrying.js';

describe('what a client of one try does', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const busy = new ServiceBusError('throttled', 'ServiceBusy');
  const away = new ServiceBusError('away', 'ServiceCommunicationProblem');
  const gone = Object.assign(new ServiceBusError('no such queue', 'MessagingEntityNotFound'), {
    retryable: false,
  });

  /** Fails with these errors, one after another; returns the times of all tries. */
  async function timesOf(retrying: Retrying, ...errors: Error[]): Promise<number[]> {
    const times: number[] = [];
    const startedAtMs = Date.now();
    const left = [...errors];
    const run = retrying.run(() => {
      times.push(Date.now() - startedAtMs);
      const error = left.shift();
      return error ? Promise.reject(error) : Promise.resolve();
    });
    run.catch(() => undefined);
    await jest.advanceTimersByTimeAsync(120_000);
    await run;
    return times;
  }

  it('is tried again at growing distances, by chance a bit sooner or later', async () => {
    expect(await timesOf(new Retrying({}, () => 0.5), away, away, away)).toEqual([0, 800, 3_200, 8_800]);
    expect(await timesOf(new Retrying({}, () => 0), away)).toEqual([0, 640]);
    expect(await timesOf(new Retrying({ mode: 1, retryDelayInMs: 50 }, () => 0.5), away, away)).toEqual([
      0, 50, 100,
    ]);
  });

  it('waits for two seconds at least while the broker throttles', async () => {
    expect(await timesOf(new Retrying({ retryDelayInMs: 1 }, () => 0), busy, busy)).toEqual([
      0, 2_000, 4_000,
    ]);
    expect(await timesOf(new Retrying({ retryDelayInMs: 1 }, () => 0.5), busy)).toEqual([0, 2_500]);
  });

  it('fails at once with what trying again does not help, and at last with the last error', async () => {
    const retrying = new Retrying({ maxRetries: 1, retryDelayInMs: 1 });
    await expect(timesOf(retrying, gone)).rejects.toBe(gone);
    await expect(timesOf(retrying, new TypeError('no message'))).rejects.toThrow('no message');
    await expect(timesOf(retrying, away, busy, gone)).rejects.toBe(busy);
  });

  it('ends with its signal', async () => {
    const controller = new AbortController();
    const work = jest.fn(() => Promise.reject(busy));
    const run = new Retrying().run(work, controller.signal);
    const failed = expect(run).rejects.toBe(busy);
    await jest.advanceTimersByTimeAsync(1_000);
    controller.abort();
    await failed;
    expect(work).toHaveBeenCalledTimes(1);
    expect(jest.getTimerCount()).toBe(0);
  });
});
