import { readField } from '../exceptions/read-thrown.js';
import { type Binding, type BindingOptions, type RateOptions } from './binding.js';
import { type ServiceBusRateStore } from './rate-store.js';

const LEAST_PER_SECOND = 0.001;
const MOST = 1_000_000;
const LONGEST_KEY = 200;

/** The rate of a binding with every choice made, or undefined where it has none. */
export function resolveRate({ rate }: BindingOptions): Binding['rate'] {
  if (!rate) return undefined;
  const { perSecond, burst = 1, store, key, fallbackPerSecond } = rate;
  return { perSecond, burst, store, key, fallbackPerSecond };
}

/** What a store knows the rate of this binding by. */
export function rateKeyOf({ rate, connection, entityPath }: Binding): string {
  return rate?.key ?? (connection === undefined ? entityPath : `${connection}:${entityPath}`);
}

/** What is wrong with it, one line for each problem. */
export function rateProblems(options: BindingOptions): string[] {
  const rate: unknown = options.rate;
  if (rate === undefined) return [];
  if (typeof rate !== 'object' || rate === null || Array.isArray(rate)) {
    return [`rate is ${show(rate)}, allowed is an object: { perSecond: 10 }`];
  }
  const problems: string[] = [];
  const given = rate as GivenRate;
  const { perSecond, burst = 1 } = given;
  if (!isBetween(perSecond, LEAST_PER_SECOND)) {
    problems.push(
      `rate.perSecond is ${show(perSecond)}, allowed is a number from ${LEAST_PER_SECOND} to ${MOST}`,
    );
  }
  if (!isBetween(burst, 1) || !Number.isInteger(burst)) {
    problems.push(`rate.burst is ${show(burst)}, allowed is a whole number from 1 to ${MOST}`);
  }
  return [...problems, ...sharingProblems(given)];
}

type GivenRate = { readonly [Option in keyof RateOptions]?: unknown };

function sharingProblems({ perSecond, store, key, fallbackPerSecond }: GivenRate): string[] {
  if (store === undefined) {
    return Object.entries({ key, fallbackPerSecond }).flatMap(([name, value]) =>
      value === undefined ? [] : [`rate.${name} needs rate.store`],
    );
  }
  const problems: string[] = [];
  const isToken =
    ['function', 'symbol'].includes(typeof store) || (typeof store === 'string' && store !== '');
  if (!isToken && !isRateStore(store)) {
    problems.push(
      'rate.store is no store: allowed is an object with a method reserve, or the class or token of its provider',
    );
  }
  if (key !== undefined && (typeof key !== 'string' || key === '' || key.length > LONGEST_KEY)) {
    problems.push(`rate.key is ${show(key)}, allowed is a text of 1 to ${LONGEST_KEY} characters`);
  }
  if (
    fallbackPerSecond !== undefined &&
    !(isBetween(fallbackPerSecond, LEAST_PER_SECOND) && fallbackPerSecond <= Number(perSecond))
  ) {
    problems.push(
      `rate.fallbackPerSecond is ${show(fallbackPerSecond)}, allowed is a number from ${LEAST_PER_SECOND} to perSecond`,
    );
  }
  return problems;
}

/** Whether it can be asked for turns. Never throws, whatever it is. */
export function isRateStore(value: unknown): value is ServiceBusRateStore {
  return typeof value === 'object' && value !== null && typeof readField(value, 'reserve') === 'function';
}

function isBetween(value: unknown, least: number): value is number {
  return typeof value === 'number' && value >= least && value <= MOST;
}

/** With its quotes, a number that came as a string is recognized. */
function show(value: unknown): string {
  if (typeof value === 'number' || value === undefined) return String(value);
  if (typeof value === 'bigint') return `${value}n`;
  return JSON.stringify(value) ?? typeof value;
}
