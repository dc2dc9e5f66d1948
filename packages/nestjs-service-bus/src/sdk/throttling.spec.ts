import { ServiceBusError } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';

import { throttlePauseMs } from './throttling.js';

describe('the pause of a client that is throttled', () => {
  const busy = new ServiceBusError('throttled', 'ServiceBusy');

  it('is two seconds at least, and up to one more by chance', () => {
    expect([0, 0.5, 0.999].map((chance) => Math.round(throttlePauseMs(busy, () => chance)))).toEqual([
      2_000, 2_500, 2_999,
    ]);
    expect(throttlePauseMs(new AggregateError([new Error('first'), busy]))).toBeGreaterThanOrEqual(2_000);
  });

  it('is none after any other error', () => {
    expect(throttlePauseMs(new Error('no'))).toBe(0);
    expect(throttlePauseMs(new ServiceBusError('away', 'ServiceCommunicationProblem'))).toBe(0);
  });
});
