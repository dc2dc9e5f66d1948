import { ServiceBusError } from '@azure/service-bus';
import { describe, expect, it, jest } from '@jest/globals';

import { resolveBinding } from '../binding/resolve-binding.js';
import { RouteTable } from '../binding/route-table.js';
import { SYSTEM_CLOCK } from '../time/clock.js';
import { type BindingParts, openBindingRuntime } from './open-binding-runtime.js';

describe("a binding's destinations that the broker is too busy for", () => {
  const places = Array.from({ length: 1_000 }, (_, index) => `place-${index}`);
  const sending = { isInterrupted: false };
  const refuse = (): Promise<void> => Promise.reject(new ServiceBusError('busy', 'ServiceBusy'));

  it('make one line in the log together in a minute, and the own one its own line', async () => {
    const error = jest.fn<(line: string) => void>();
    let nowMs = 0;
    const { outputs } = openBindingRuntime({
      binding: resolveBinding('work', { replyTo: 'results' }),
      routes: new RouteTable('work'),
      clock: { ...SYSTEM_CLOCK, now: () => nowMs },
      logger: { error },
    } as unknown as BindingParts);
    const sends: Promise<void>[] = [];
    const sendTo = async (destination: string): Promise<void> => {
      sends.push(outputs.send(destination, sending, refuse));
      await new Promise(setImmediate);
    };
    for (const place of places) await sendTo(place);
    expect(error.mock.calls).toEqual([['work: place-0 takes no messages, keeps trying: busy']]);
    await sendTo('results');
    expect(error).toHaveBeenLastCalledWith('work: results takes no messages, keeps trying: busy');
    nowMs = 60_000;
    await sendTo('another');
    expect(error).toHaveBeenCalledTimes(3);
    outputs.close();
    const ends = await Promise.allSettled(sends);
    expect(new Set(ends.map(({ status }) => status))).toEqual(new Set(['rejected']));
  });
});
