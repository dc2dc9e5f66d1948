import { type PropertyValue } from './property-value.js';
import { fromBigInt, isLong } from './integer.js';
import { textOf } from './text-of.js';

const INTEGER = /^[+-]?\d+$/u;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/iu;
const DATE = /^\d{4}-\d\d-\d\d(?<time>T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?<zone>Z|[+-]\d\d:\d\d)?)?$/iu;

/**
 * Converts a property's new value to the type of its old one, as SET does. Returns the value as it is if it cannot be
 * converted, or if there was no old value.
 */
export function convertToTypeOf(existing: PropertyValue, value: PropertyValue): PropertyValue {
  if (existing === null || value === null) return value;
  if (typeof existing === 'string') return textOf(value) ?? value;
  if (typeof value !== 'string') return value;

  if (typeof existing === 'number' || typeof existing === 'bigint') return parseNumber(value) ?? value;
  if (typeof existing === 'boolean') return parseBoolean(value) ?? value;
  return existing instanceof Date ? (parseDate(value) ?? value) : value;
}

function parseNumber(text: string): number | bigint | undefined {
  if (INTEGER.test(text)) {
    const integer = BigInt(text.replace(/^\+/u, ''));
    return isLong(integer) ? fromBigInt(integer) : undefined;
  }
  const number = DECIMAL.test(text) ? Number(text) : NaN;
  return Number.isFinite(number) ? number : undefined;
}

function parseBoolean(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : undefined;
}

function parseDate(text: string): Date | undefined {
  const { time, zone } = DATE.exec(text)?.groups ?? { time: undefined, zone: 'none' };
  if (zone === 'none') return undefined;
  // JavaScript reads a time without a zone as local time.
  const date = new Date(time !== undefined && zone === undefined ? `${text}Z` : text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
