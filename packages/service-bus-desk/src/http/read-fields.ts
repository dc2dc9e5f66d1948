import { type DeadLetterFilter } from '../dead-letters/dead-letter-filter.js';
import { parse, RequestProblem } from './exchange.js';

type Fields = Readonly<Record<string, unknown>>;

const MAX_TEXT = 1024 * 1024;
const MAX_NUMBERS = 10_000;

/** @throws RequestProblem if there is none, or something else */
export function text(fields: Fields, name: string): string {
  const value = optionalText(fields, name);
  if (value === undefined || value === '') throw new RequestProblem(400, `${name} is missing`);
  return value;
}

export function optionalText(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.length > MAX_TEXT)
    throw new RequestProblem(400, `${name} is no text`);
  return value;
}

/** A text, or null for "none any more". */
export function textOrNull(fields: Fields, name: string): string | null | undefined {
  return fields[name] === null ? null : optionalText(fields, name);
}

export function optionalBoolean(fields: Fields, name: string): boolean | undefined {
  const value = fields[name];
  if (value === undefined || typeof value === 'boolean') return value;
  throw new RequestProblem(400, `${name} is neither true nor false`);
}

/** A whole number from 1 on. */
export function optionalCount(fields: Fields, name: string): number | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
  throw new RequestProblem(400, `${name} is no whole number from 1 on`);
}

export function optionalTime(fields: Fields, name: string): Date | undefined {
  const value = optionalText(fields, name);
  if (value === undefined) return undefined;
  const time = new Date(value);
  if (Number.isNaN(time.getTime()))
    throw new RequestProblem(400, `${name} is no time like 2026-11-28T20:46Z`);
  return time;
}

export function sequenceNumber(value: unknown): bigint {
  if (typeof value === 'string' && /^\d{1,19}$/.test(value)) return BigInt(value);
  throw new RequestProblem(400, `${JSON.stringify(value)} is no sequence number`);
}

export function sequenceNumbers(value: unknown): bigint[] {
  if (!Array.isArray(value) || value.length > MAX_NUMBERS) {
    throw new RequestProblem(400, `at most ${MAX_NUMBERS} sequence numbers at a time`);
  }
  return value.map(sequenceNumber);
}

export function optionalFields(fields: Fields, name: string): Fields | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new RequestProblem(400, `${name} is no object`);
}

/** Application properties: texts, numbers, booleans; null where that is allowed. */
export function properties<Allowed extends string | number | boolean | null>(
  fields: Fields,
  name: string,
  isAllowed: (value: unknown) => value is Allowed,
): Readonly<Record<string, Allowed>> | undefined {
  const given = optionalFields(fields, name);
  if (given === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => {
      if (isAllowed(value)) return [key, value];
      throw new RequestProblem(400, `the property ${key} has a value that is not allowed`);
    }),
  );
}

export const isSimple = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);

export const isSimpleOrNull = (value: unknown): value is string | number | boolean | null =>
  value === null || isSimple(value);

const isText = (value: unknown): value is string => typeof value === 'string';

/** Reads a selection, which in an address is JSON. */
export function selection(given: Fields | string | null | undefined): DeadLetterFilter {
  if (given === undefined || given === null) return {};
  const fields = typeof given === 'string' ? optionalFields({ filter: parse(given) }, 'filter') : given;
  if (fields === undefined) return {};
  const numbers = fields['sequenceNumbers'];
  const filter = {
    group: optionalText(fields, 'group'),
    reason: optionalText(fields, 'reason'),
    handler: optionalText(fields, 'handler'),
    since: optionalTime(fields, 'since'),
    until: optionalTime(fields, 'until'),
    properties: properties(fields, 'properties', isText),
    text: optionalText(fields, 'text'),
    subject: optionalText(fields, 'subject'),
    sessionId: optionalText(fields, 'sessionId'),
    messageId: optionalText(fields, 'messageId'),
    sequenceNumbers: numbers === undefined ? undefined : sequenceNumbers(numbers),
  };
  const unknown = Object.keys(fields).filter((name) => !(name in filter));
  if (unknown.length > 0) throw new RequestProblem(400, `${unknown.join(', ')}: there is no such filter`);
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}
