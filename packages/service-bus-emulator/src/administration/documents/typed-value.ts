import { type PropertyValue } from '@nestjs-service-bus/rule-filter';

import { badRequest } from '../administration-error.js';

/** The XML schema types that the emulator writes. */
export type SchemaType = 'string' | 'int' | 'long' | 'double' | 'boolean' | 'dateTime' | 'base64Binary';

const MAX_INT = 2 ** 31 - 1;
const MIN_INT = -(2 ** 31);

type Parse = (text: string) => PropertyValue | undefined;

// [XML Schema 1.0, part 2; the types that .NET uses for the values of message properties]
const PARSERS = new Map<string, Parse>([
  ['string', (text) => text],
  ['guid', (text) => text],
  ['anyURI', (text) => text],
  ['char', (text) => text],
  ...[
    'int',
    'long',
    'short',
    'byte',
    'unsignedInt',
    'unsignedLong',
    'unsignedShort',
    'unsignedByte',
    'integer',
  ].map((type): [string, Parse] => [type, parseInteger]),
  ...['double', 'float', 'decimal'].map((type): [string, Parse] => [type, parseDouble]),
  ['boolean', parseBoolean],
  ['dateTime', parseDateTime],
  ['base64Binary', (text) => new Uint8Array(Buffer.from(text, 'base64'))],
]);

/** Parses a value of an XML schema type. @throws AdministrationError if the type is unknown or the value invalid */
export function parseTypedValue(type: string, text: string, key: string): PropertyValue {
  const parse = PARSERS.get(type);
  if (!parse) throw badRequest(`The value of '${key}' has the type '${type}', which is not supported.`);
  const value = parse(text);
  if (value === undefined) throw badRequest(`The value '${text}' of '${key}' is not of the type '${type}'.`);
  return value;
}

/** Returns a value's XML schema type, and the value as text. */
export function schemaType(value: PropertyValue): [type: SchemaType, text: string] {
  if (value === null) return ['string', ''];
  if (value instanceof Date) return ['dateTime', formatDateTime(value)];
  if (value instanceof Uint8Array) return ['base64Binary', Buffer.from(value).toString('base64')];
  if (typeof value === 'string') return ['string', value];
  if (typeof value === 'boolean') return ['boolean', String(value)];
  if (typeof value === 'bigint') return ['long', String(value)];
  // A larger integer is written as a double: the JavaScript SDK does not know the type long.
  const isInt = Number.isInteger(value) && value >= MIN_INT && value <= MAX_INT;
  return [isInt ? 'int' : 'double', formatDouble(value)];
}

function parseInteger(text: string): PropertyValue | undefined {
  if (!/^\s*[+-]?\d{1,20}\s*$/.test(text)) return undefined;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text.trim().replace(/^\+/, ''));
}

function parseDouble(text: string): PropertyValue | undefined {
  const trimmed = text.trim();
  if (/^[+-]?INF$/.test(trimmed)) return trimmed.startsWith('-') ? -Infinity : Infinity;
  if (trimmed === 'NaN') return NaN;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : undefined;
}

function formatDouble(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? 'INF' : '-INF';
}

// A timestamp that arrived over AMQP can be beyond the range of a Date.
function formatDateTime(date: Date): string {
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

function parseBoolean(text: string): PropertyValue | undefined {
  const trimmed = text.trim();
  if (trimmed === 'true' || trimmed === '1') return true;
  return trimmed === 'false' || trimmed === '0' ? false : undefined;
}

function parseDateTime(text: string): PropertyValue | undefined {
  const trimmed = text.trim();
  if (!/^\d{4}-\d{2}-\d{2}T/.test(trimmed)) return undefined;
  // [.NET: a time without a zone is taken for UTC]
  const date = new Date(/(?:Z|[+-]\d{2}:\d{2})$/.test(trimmed) ? trimmed : `${trimmed}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
