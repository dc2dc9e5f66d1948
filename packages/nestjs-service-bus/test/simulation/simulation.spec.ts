import { describe, expect, it } from '@jest/globals';

import { simulate } from './simulate.js';

const TIMEOUT_MS = 60_000;

describe('a simulated run', () => {
  it(
    'is the same each time for one seed, and different for another',
    async () => {
      const digests = new Set<string>();
      for (let seed = 1; seed <= 20; seed++) {
        const first = await simulate(seed);
        const second = await simulate(seed, { keepsLines: true });
        expect(second.digest).toBe(first.digest);
        digests.add(first.digest);
      }
      expect(digests.size).toBe(20);
    },
    TIMEOUT_MS,
  );

  it('leaves the global timers as they were', async () => {
    const { setTimeout, setImmediate } = globalThis;
    await simulate(1);
    expect(globalThis.setTimeout).toBe(setTimeout);
    expect(globalThis.setImmediate).toBe(setImmediate);
  });

  it(
    'covers everything that can happen to the runtime',
    async () => {
      const wanted = [
        'fault: detach-links',
        'fault: silence-links',
        'fault: break-receiving',
        'fault: break-sending',
        'fault: outage',
        'fault: slow-broker',
        'fault: renewals-fail',
        'fault: settlements-fail',
        'fault: sends-fail',
        'fault: input-disabled',
        'fault: output-disabled',
        'fault: kill',
        'fault: replace',
        ':retry:',
        'the circuit is half-open',
        'takes no messages, keeps trying',
        'not receiving, keeps trying',
        'goes on with a fresh receiver',
        'are given back',
        'is dead-lettered: ValidationFailed',
        'could not be copied',
        'broker: defer',
        'broker: abandon',
      ];
      const missing = new Set(wanted);
      for (let seed = 1; seed <= 100 && missing.size > 0; seed++) {
        const { lines } = await simulate(seed, { keepsLines: true });
        const text = lines.join('');
        for (const what of missing) if (text.includes(what)) missing.delete(what);
      }
      expect([...missing]).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
