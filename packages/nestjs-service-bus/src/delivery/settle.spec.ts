import { describe, expect, it } from '@jest/globals';

import { type Delivery } from './delivery.js';
import { settle } from './settle.js';

const busy = Object.assign(new Error('busy'), {
  name: 'ServiceBusError',
  code: 'ServiceBusy',
  retryable: true,
});

/** A delivery whose first tries to settle end so, and all further ones well. */
function deliveryThatFails(...errors: Error[]): {
  delivery: Delivery;
  pausesMs: number[];
  tries: () => number;
} {
  const pausesMs: number[] = [];
  let tries = 0;
  const delivery = {
    state: 'open',
    troubles: 0,
    trySettle: () => {
      const error = errors[tries++];
      return error ? Promise.reject(error) : Promise.resolve();
    },
    pause: (delayMs: number) => {
      pausesMs.push(delayMs);
      return Promise.resolve();
    },
  };
  return { delivery: delivery as unknown as Delivery, pausesMs, tries: () => tries };
}

describe('settle', () => {
  it('asks a busy broker again after two seconds at the earliest', async () => {
    const { delivery, pausesMs, tries } = deliveryThatFails(busy);
    await settle(delivery, { kind: 'complete' });
    const [pauseMs = 0, ...others] = pausesMs;
    expect(others).toEqual([]);
    expect(pauseMs).toBeGreaterThanOrEqual(2_000);
    expect(pauseMs).toBeLessThan(3_000);
    expect(tries()).toBe(2);
  });

  it('tries again over a broken link, ever later', async () => {
    const broken = new Error('the link was lost');
    const { delivery, pausesMs, tries } = deliveryThatFails(broken, broken, broken);
    await settle(delivery, { kind: 'complete' });
    expect(pausesMs).toEqual([50, 100, 200]);
    expect(tries()).toBe(4);
  });

  it('tries no more once the lock is lost', async () => {
    const { delivery, tries } = deliveryThatFails(busy);
    delivery.pause = () => {
      delivery.state = 'lost';
      return Promise.resolve();
    };
    await settle(delivery, { kind: 'complete' });
    expect(tries()).toBe(1);
  });
});
