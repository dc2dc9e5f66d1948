/** A tick, .NET's unit of time, is 100 ns; .NET counts ticks as signed 64-bit integers. */
const TICKS_PER_MS = 10_000n;
/** 1970-01-01, counted from 0001-01-01 on. */
const UNIX_EPOCH_TICKS = 621_355_968_000_000_000n;

/** The SDK's and .NET's longest duration, in milliseconds: the lifetime of what never expires. */
export const MAX_DURATION_MS = Number((2n ** 63n - 1n) / TICKS_PER_MS);

/** Converts Unix time in milliseconds to .NET ticks, without fractions of a millisecond. */
export function toTicks(timeMs: number): bigint {
  return BigInt(Math.trunc(timeMs)) * TICKS_PER_MS + UNIX_EPOCH_TICKS;
}
