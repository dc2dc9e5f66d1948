import { type JsonSchema } from '../schema/json-schema.js';
import { type SchemaChange } from './schema-change.js';

type Effect = SchemaChange['effect'];

/** One difference of two schemas for the same value, without where that is. */
export interface KeywordChange {
  readonly change: string;
  readonly effect: Effect;
}

/** Compares what two schemas say of a value itself: its type, its limits; not what is inside. */
export function compareKeywords(old: JsonSchema, now: JsonSchema): KeywordChange[] {
  return [
    ...compareTypes(typesOf(old), typesOf(now)),
    ...compareValues(valuesOf(old), valuesOf(now)),
    ...compareBounds(lowerBound(old), lowerBound(now), 'the smallest number'),
    ...compareBounds(upperBound(old), upperBound(now), 'the largest number'),
    ...LIMITS.flatMap(([keyword, words, sign]) => compareLimits(old[keyword], now[keyword], words, sign)),
    ...compareDivisors(old.multipleOf, now.multipleOf),
    ...KEYWORDS.flatMap((keyword) => compareRules(keyword, old[keyword], now[keyword])),
    ...compareNames(old['x-rules'] ?? [], now['x-rules'] ?? []),
  ];
}

const LIMITS = [
  ['minLength', 'the smallest length', 1],
  ['maxLength', 'the largest length', -1],
  ['minItems', 'the smallest number of items', 1],
  ['maxItems', 'the largest number of items', -1],
  ['minProperties', 'the smallest number of properties', 1],
] as const;

/** Of two different ones neither is known to allow what the other does. */
const KEYWORDS = [
  'pattern',
  'format',
  'contentEncoding',
  'contentMediaType',
  'uniqueItems',
  'not',
  'contains',
  'allOf',
] as const;

function typesOf({ type }: JsonSchema): readonly string[] | undefined {
  return type === undefined ? undefined : [type].flat();
}

function compareTypes(
  old: readonly string[] | undefined,
  now: readonly string[] | undefined,
): KeywordChange[] {
  const isNarrower = !old || (now && now.every((type) => allows(old, type)));
  const isWider = !now || (old && old.every((type) => allows(now, type)));
  return effectOf(now !== undefined && isNarrower, old !== undefined && isWider, old, now, 'the type');
}

function allows(types: readonly string[], type: string): boolean {
  return types.includes(type) || (type === 'integer' && types.includes('number'));
}

function valuesOf(schema: JsonSchema): readonly unknown[] | undefined {
  if (schema.const !== undefined) return [schema.const];
  return schema.enum;
}

function compareValues(
  old: readonly unknown[] | undefined,
  now: readonly unknown[] | undefined,
): KeywordChange[] {
  const texts = (values: readonly unknown[]): string[] => values.map((value) => JSON.stringify(value));
  if (!old || !now) return presence(old, now, 'allowed values are');
  const [before, after] = [texts(old), texts(now)];
  const gone = before.filter((value) => !after.includes(value));
  const added = after.filter((value) => !before.includes(value));
  return [
    ...(gone.length > 0
      ? [{ change: `no longer allows ${gone.join(', ')}`, effect: 'narrower' as const }]
      : []),
    ...(added.length > 0 ? [{ change: `allows ${added.join(', ')} as well`, effect: 'wider' as const }] : []),
  ];
}

/** A bound, as one number: beyond an exclusive one is a little further. */
interface Bound {
  readonly value: number;
  readonly isExclusive: boolean;
  readonly sign: 1 | -1;
}

function lowerBound({ type, minimum, exclusiveMinimum }: JsonSchema): Bound | undefined {
  return bound(type, minimum, exclusiveMinimum, 1);
}

function upperBound({ type, maximum, exclusiveMaximum }: JsonSchema): Bound | undefined {
  return bound(type, maximum, exclusiveMaximum, -1);
}

function bound(
  type: JsonSchema['type'],
  inclusive: number | undefined,
  exclusive: number | undefined,
  sign: 1 | -1,
): Bound | undefined {
  const isInteger = [type].flat().includes('integer');
  // For whole numbers, over 0 is from 1.
  const beyond = exclusive !== undefined && isInteger ? exclusive + sign : undefined;
  const candidates = [
    ...(inclusive === undefined ? [] : [{ value: inclusive, isExclusive: false, sign }]),
    ...(beyond === undefined ? [] : [{ value: beyond, isExclusive: false, sign }]),
    ...(exclusive === undefined || isInteger ? [] : [{ value: exclusive, isExclusive: true, sign }]),
  ];
  return candidates.sort(compareStrictness).at(-1);
}

function compareStrictness(one: Bound, other: Bound): number {
  return (one.value - other.value) * one.sign || Number(one.isExclusive) - Number(other.isExclusive);
}

function compareBounds(old: Bound | undefined, now: Bound | undefined, words: string): KeywordChange[] {
  if (!old || !now) return presence(old && show(old), now && show(now), `${words} is`);
  const stricter = compareStrictness(now, old);
  if (stricter === 0) return [];
  const change = `${words} was ${show(old)} and is ${show(now)}`;
  return [{ change, effect: stricter > 0 ? 'narrower' : 'wider' }];
}

function show({ value, isExclusive, sign }: Bound): string {
  return isExclusive ? `${sign === 1 ? 'over' : 'under'} ${value}` : String(value);
}

function compareLimits(
  old: number | undefined,
  now: number | undefined,
  words: string,
  sign: 1 | -1,
): KeywordChange[] {
  const limit = (value: number | undefined): Bound | undefined =>
    value === undefined ? undefined : { value, isExclusive: false, sign };
  return compareBounds(limit(old), limit(now), words);
}

function compareDivisors(old: number | undefined, now: number | undefined): KeywordChange[] {
  if (old === now) return [];
  if (old === undefined || now === undefined) return presence(old, now, 'it is a multiple of');
  const change = `it was a multiple of ${old} and is one of ${now}`;
  if (isMultiple(now, old)) return [{ change, effect: 'narrower' }];
  return [{ change, effect: isMultiple(old, now) ? 'wider' : 'other' }];
}

/** 0.01 is no multiple of 0.001 in binary, and people mean that it is. */
function isMultiple(value: number, divisor: number): boolean {
  const quotient = value / divisor;
  return Math.abs(quotient - Math.round(quotient)) < 1e-9;
}

function compareRules(keyword: string, old: unknown, now: unknown): KeywordChange[] {
  if (JSON.stringify(old) === JSON.stringify(now)) return [];
  if (old === undefined || now === undefined) return presence(old, now, keyword);
  return [{ change: `${keyword} was ${JSON.stringify(old)} and is ${JSON.stringify(now)}`, effect: 'other' }];
}

function compareNames(old: readonly string[], now: readonly string[]): KeywordChange[] {
  const gone = old.filter((name) => !now.includes(name));
  const added = now.filter((name) => !old.includes(name));
  return [
    ...added.map((name) => ({ change: `is checked by ${name} now`, effect: 'narrower' as const })),
    ...gone.map((name) => ({ change: `is no longer checked by ${name}`, effect: 'wider' as const })),
  ];
}

function presence(old: unknown, now: unknown, words: string): KeywordChange[] {
  if (old === undefined && now === undefined) return [];
  return old === undefined
    ? [{ change: `is limited now: ${words} ${text(now)}`, effect: 'narrower' }]
    : [{ change: `is no longer limited: ${words} ${text(old)}`, effect: 'wider' }];
}

function effectOf(
  isNarrower: boolean | undefined,
  isWider: boolean | undefined,
  old: unknown,
  now: unknown,
  words: string,
): KeywordChange[] {
  if (isNarrower && isWider) return [];
  if (old === undefined && now === undefined) return [];
  const change = `${words} was ${text(old ?? 'anything')} and is ${text(now ?? 'anything')}`;
  return [{ change, effect: isNarrower ? 'narrower' : isWider ? 'wider' : 'other' }];
}

function text(value: unknown): string {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(' or ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
