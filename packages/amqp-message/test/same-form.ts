import { TypeCode, uuidText } from '@nestjs-service-bus/amqp-message';

import { type AmqpValue } from '../src/value/read-value.js';

/** A value as rhea reads it. */
export interface RheaValue {
  readonly type: { readonly typecode: number };
  readonly value: unknown;
}

/** What the readers make of a value, in one form: bytes are hexadecimal text, a UUID its text, a map its entries. */
export type SameForm = string | number | bigint | boolean | null | Date | SameForm[];

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export function fromEmulator(value: AmqpValue): SameForm {
  if (value instanceof Map) return [...value].map(([key, item]) => [fromEmulator(key), fromEmulator(item)]);
  if (Array.isArray(value)) return value.map(fromEmulator);
  return value instanceof Uint8Array ? hex(value) : value;
}

export function fromRhea({ type: { typecode: code }, value }: RheaValue): SameForm {
  switch (code) {
    case TypeCode.boolean:
      return value !== 0;
    case TypeCode.char:
      return Number(value) > 0x10ffff ? '\ufffd' : String.fromCodePoint(Number(value));
    case TypeCode.list8:
    case TypeCode.list32:
    case TypeCode.array8:
    case TypeCode.array32:
      return (value as RheaValue[]).map(fromRhea);
    case TypeCode.map8:
    case TypeCode.map32:
      return pairs((value as RheaValue[]).map(fromRhea));
    default:
      return fromBytes(code, value);
  }
}

/** The transport reads simple values only, and gives what rhea does. */
export const fromTransport = fromBytes;

function fromBytes(code: number, value: unknown): SameForm {
  if (!Buffer.isBuffer(value)) return value as SameForm;
  if (code === TypeCode.uuid) return uuidText(value);
  // What is no safe integer stays the eight bytes that it has come as.
  if (code === TypeCode.long) return value.readBigInt64BE();
  return code === TypeCode.ulong ? value.readBigUInt64BE() : hex(value);
}

function pairs(items: SameForm[]): SameForm[] {
  return Array.from({ length: items.length / 2 }, (_, index) => [items[index * 2]!, items[index * 2 + 1]!]);
}
