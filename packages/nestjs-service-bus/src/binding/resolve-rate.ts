import { type Binding, type BindingOptions, type RateOptions } from './binding.js';

const LEAST_PER_SECOND = 0.001;
const MOST = 1_000_000;

/** The rate of a binding with every choice made, or undefined where it has none. */
export function resolveRate({ rate }: BindingOptions): Binding['rate'] {
  return rate && { perSecond: rate.perSecond, burst: rate.burst ?? 1 };
}

/** What is wrong with it, one line for each problem. */
export function rateProblems(options: BindingOptions): string[] {
  const rate: unknown = options.rate;
  if (rate === undefined) return [];
  if (typeof rate !== 'object' || rate === null || Array.isArray(rate)) {
    return [`rate is ${show(rate)}, allowed is an object: { perSecond: 10 }`];
  }
  const problems: string[] = [];
  const { perSecond, burst = 1 } = rate as { readonly [Option in keyof RateOptions]?: unknown };
  if (!isBetween(perSecond, LEAST_PER_SECOND)) {
    problems.push(
      `rate.perSecond is ${show(perSecond)}, allowed is a number from ${LEAST_PER_SECOND} to ${MOST}`,
    );
  }
  if (!isBetween(burst, 1) || !Number.isInteger(burst)) {
    problems.push(`rate.burst is ${show(burst)}, allowed is a whole number from 1 to ${MOST}`);
  }
  return problems;
}

function isBetween(value: unknown, least: number): boolean {
  return typeof value === 'number' && value >= least && value <= MOST;
}

/** With its quotes, a number that came as a string is recognized. */
function show(value: unknown): string {
  if (typeof value === 'number' || value === undefined) return String(value);
  return JSON.stringify(value) ?? typeof value;
}
