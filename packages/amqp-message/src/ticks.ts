/** .NET counts time in units of 100 ns, as signed 64-bit integers. */
const TICKS_PER_MS = 10_000n;
/** 1970-01-01, counted from 0001-01-01. */
const UNIX_EPOCH_TICKS = 621_355_968_000_000_000n;

/** .NET's longest duration, in milliseconds: the life of a message that never expires. */
export const MAX_DURATION_MS = Number((2n ** 63n - 1n) / TICKS_PER_MS);

/** Unix time in milliseconds as .NET's ticks; fractions of a millisecond are dropped. */
export function toTicks(timeMs: number): bigint {
  return BigInt(Math.trunc(timeMs)) * TICKS_PER_MS + UNIX_EPOCH_TICKS;
}
