/** The median and the range of some figures. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const middle = values.length / 2;
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** Ratios of figures from the same rounds: not affected by what slows down a whole round. */
export function ratios(values: readonly number[], bases: readonly number[]): Spread | undefined {
  const rounds = Math.min(values.length, bases.length);
  if (rounds === 0) return undefined;
  return spread(values.slice(0, rounds).map((value, round) => value / (bases[round] ?? Number.NaN)));
}
