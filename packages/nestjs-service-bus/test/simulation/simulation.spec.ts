import { describe, expect, it } from '@jest/globals';

import { inputsAt, MINIMAL_PLAN } from './minimal-plan.js';
import { type Plan } from './plan.js';
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

  it('lets no slow process keep messages from a fast one', async () => {
    const work = { kind: 'succeed', afterMs: 5 } as const;
    const change = (plan: Plan): Plan => ({
      ...plan,
      binding: { maxConcurrentCalls: 2, prefetch: 'auto', watchdog: { silenceMs: 60_000 } },
      hasSessions: false,
      lockDurationMs: 60_000,
      latencyMs: [40, 60],
      slowOne: { times: 12_000, fromMs: 1_500 },
      inputs: Array.from({ length: 600 }, (_none, number) => ({
        number,
        messageId: `in-${number}`,
        sessionId: undefined,
        sentAtMs: 0,
        steps: [work],
        results: 1,
      })),
      faults: [],
    });
    const { lines, violations } = await simulate(1, { keepsLines: true, change });
    expect(violations).toEqual([]);
    const starts = lines.filter((line) => line.includes('starts execution'));
    const of = (name: string): string[] => starts.filter((line) => line.includes(`${name}: input`));
    // It works as the other does until its handlers hang: then what waits behind them is given back.
    expect(of('p1').length).toBeGreaterThan(20);
    expect(lines.filter((line) => line.includes('broker: abandon')).length).toBeGreaterThan(0);
    const lastOf = (those: string[]): number => Math.max(...those.map((line) => Number.parseInt(line)));
    expect(lastOf(of('p1'))).toBeLessThan(4_000);
    expect(of('p0').length + of('p1').length).toBe(600);
    expect(lastOf(of('p0'))).toBeLessThan(12_000);
  });

  it.each([9, 11])('lets no settlement that got no answer fill its link, seed %d', async (seed) => {
    // Some settlements get no answer on the link, and are made elsewhere a minute later. Then come many messages.
    const sentAtMs = Array.from(
      { length: 3_000 },
      (_none, number) => 20 * number + (number > 100 ? 100_000 : 0),
    );
    const plan: Plan = {
      ...MINIMAL_PLAN,
      binding: { maxConcurrentCalls: 50, prefetch: 50, watchdog: { silenceMs: 600_000 } },
      hasOutput: false,
      lockDurationMs: 60_000,
      inputs: inputsAt(sentAtMs, () => 5),
      faults: [{ atMs: 1_000, kind: 'settlements-fail', lastsMs: 200 }],
    };
    const { lines, violations } = await simulate(seed, { keepsLines: true, change: () => plan });
    expect(violations).toEqual([]);
    expect(lines.some((line) => line.includes('trouble: settle not-done'))).toBe(true);
    const starts = lines.filter((line) => line.includes('starts execution'));
    expect(starts).toHaveLength(3_000);
    // The last one had not to wait for the watchdog.
    expect(Number.parseInt(starts.at(-1) ?? '')).toBeLessThan((sentAtMs.at(-1) ?? 0) + 1_000);
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
        'fault: slow-management',
        'fault: renewals-fail',
        'fault: settlements-fail',
        'fault: sends-fail',
        'fault: opens-fail',
        'fault: peeks-fail',
        'fault: input-disabled',
        'fault: output-disabled',
        'fault: kill',
        'fault: replace',
        'fault: the store of the rate',
        'the store of its rate answers again',
        ':retry:',
        'the circuit is half-open',
        'takes no messages, keeps trying',
        'not receiving, keeps trying',
        'goes on with a fresh receiver',
        'are given back',
        'is dead-lettered: ValidationFailed',
        'could not be copied',
        'broker: out refuses a batch',
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
