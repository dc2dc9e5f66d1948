import { describe, expect, it } from '@jest/globals';

import { type Delivery } from '../receive/delivery.js';
import { settle } from './settle.js';

const busy = Object.assign(new Error('busy'), {
  name: 'ServiceBusError',
  code: 'ServiceBusy',
  retryable: true,
});

describe('settle', () => {
  it('asks a busy broker again after two seconds at the earliest', async () => {
    const askedAt: number[] = [];
    const delivery = {
      state: 'open',
      trySettle: () => {
        askedAt.push(performance.now());
        return askedAt.length === 1 ? Promise.reject(busy) : Promise.resolve();
      },
    } as unknown as Delivery;
    // The pause holds no process alive; here it must.
    const alive = setTimeout(() => undefined, 10_000);
    await settle(delivery, { kind: 'complete' });
    clearTimeout(alive);
    const [first = 0, second = 0] = askedAt;
    expect(second - first).toBeGreaterThanOrEqual(1_990);
  });
});
