import { monotonicMs } from '../process/monotonic-ms.js';

/** No more messages arrived, although some were missing. */
export class StandstillError extends Error {
  override readonly name = 'StandstillError';

  constructor(
    readonly count: number,
    readonly expected: number,
  ) {
    super(`standstill: ${count} of ${expected} messages came out`);
  }
}

const STANDSTILL_MS = 60_000;

/** A count of messages, and its time (`monotonicMs`). */
export interface Counted {
  readonly count: number;
  readonly atMs: number;
}

/** Polls every few milliseconds until `countNow` returns `expected` or more. */
export async function whenCounted(
  expected: number,
  everyMs: number,
  countNow: () => number | Promise<number>,
): Promise<Counted> {
  let last = -1;
  let changedAtMs = monotonicMs();
  for (;;) {
    const count = await countNow();
    const now = monotonicMs();
    if (count >= expected) return { count, atMs: now };
    if (count !== last) {
      last = count;
      changedAtMs = now;
    } else if (now - changedAtMs > STANDSTILL_MS) throw new StandstillError(count, expected);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
