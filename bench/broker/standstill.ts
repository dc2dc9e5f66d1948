import { monotonicMs } from '../process/monotonic-ms.js';

/** Messages came to a halt before all were there. */
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

/** How many there were, and when (`monotonicMs`). */
export interface Counted {
  readonly count: number;
  readonly atMs: number;
}

/** Looks every few milliseconds until `look` counts `expected` or more. */
export async function whenCounted(
  expected: number,
  everyMs: number,
  look: () => number | Promise<number>,
): Promise<Counted> {
  let last = -1;
  let changedAtMs = monotonicMs();
  for (;;) {
    const count = await look();
    const now = monotonicMs();
    if (count >= expected) return { count, atMs: now };
    if (count !== last) {
      last = count;
      changedAtMs = now;
    } else if (now - changedAtMs > STANDSTILL_MS) throw new StandstillError(count, expected);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
