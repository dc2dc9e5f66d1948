import { type Spread } from '../measure/statistics.js';

export const whole = (value: number): string => Math.round(value).toLocaleString('en');

export const decimal = (value: number): string => value.toFixed(2);

export const mebibytes = (bytes: number): string => whole(bytes / 1024 ** 2);

/** `median (min–max)`. */
export function withSpread({ median, min, max }: Spread, format: (value: number) => string): string {
  return `${format(median)} (${format(min)}–${format(max)})`;
}
