import {
  type AmqpValue,
  elementsOf,
  readValue,
  Section,
  SectionReader,
  SkipBudget,
  TypeCode,
} from '@nestjs-service-bus/amqp-message';

import { rheaMessage, type RheaMessage } from './rhea-message.js';

/** As deep as JSON may be; and as many elements without a width as no honest message has. */
const BUDGET = new SkipBudget(256, 65_536);
/** rhea's kind of a type of a fixed width. */
const FIXED = 1;

interface SectionPlace {
  readonly section: number;
  readonly value: number;
  readonly end: number;
}

/** A message, split for rhea. */
interface MessageParts {
  /** What rhea is to decode. */
  readonly forRhea: Buffer;
  /** The body, where it is one of AMQP's own values or a sequence of them: rhea does not see that. */
  readonly body: TypedBody | undefined;
}

/**
 * A body of AMQP's own types [AMQP 3.2.7, 3.2.8] as what it is, in the form of rhea's sections, which the SDK takes. rhea
 * itself makes bytes of a large integer, a UUID and a decimal, which the SDK takes for data, and numbers of booleans.
 */
export class TypedBody {
  readonly #encoded: Buffer;

  constructor(
    readonly typecode: number,
    readonly content: unknown,
    encoded: Buffer,
  ) {
    this.#encoded = encoded;
  }

  /** The same value for rhea, which writes it byte by byte as it came: JavaScript has fewer types than AMQP. */
  get encoded(): object {
    const [code = TypeCode.null] = this.#encoded;
    const value = this.#encoded.subarray(1);
    const type = {
      typecode: code,
      category: FIXED,
      width: value.length,
      write: (to: Buffer, from: Buffer, at: number) => from.copy(to, at),
    };
    // rhea notes the descriptor of the section in it: each write gets its own.
    return { toRheaTyped: () => ({ type, value }) };
  }
}

/**
 * Checks the structure of a message before rhea decodes it, and reads a body of AMQP's own types. rhea believes what is
 * declared: 21 bytes are an array of four billion elements for it. Throws a MalformedMessageError.
 */
export function partsOf(bytes: Buffer): MessageParts {
  const reader = new SectionReader(bytes, BUDGET);
  const others: Buffer[] = [];
  const places: SectionPlace[] = [];
  while (reader.next()) {
    const { section, start, value, end } = reader;
    if (section === Section.sequence || section === Section.value) places.push({ section, value, end });
    else others.push(bytes.subarray(start, end));
  }
  const body = bodyOf(bytes, places);
  return { body, forRhea: body ? Buffer.concat(others) : bytes };
}

/** What rhea and the SDK make of a message, with its body as what it is. Throws for one that cannot be read. */
export function decodeByRhea(bytes: Buffer): RheaMessage {
  const { forRhea, body } = partsOf(bytes);
  const message = rheaMessage.decode(forRhea);
  return body ? Object.assign(message, { body }) : message;
}

function bodyOf(bytes: Buffer, places: readonly SectionPlace[]): TypedBody | undefined {
  const [first] = places;
  if (!first) return undefined;
  const { section, value, end } = first;
  if (section === Section.value) {
    // Bytes are read as data: many a client sends them so.
    return isBinary(bytes, value)
      ? undefined
      : new TypedBody(section, toPayload(readValue(bytes, value)), bytes.subarray(value, end));
  }
  const content = places.flatMap((place) => toPayload(readValue(bytes, place.value)) as unknown[]);
  const encoded = places.length === 1 ? bytes.subarray(value, end) : joined(bytes, places);
  return new TypedBody(section, content, encoded);
}

function isBinary(bytes: Buffer, at: number): boolean {
  return bytes[at] === TypeCode.binary8 || bytes[at] === TypeCode.binary32;
}

/** [AMQP 3.2.7] A sequence may come in several sections: as one list. */
function joined(bytes: Buffer, places: readonly SectionPlace[]): Buffer {
  const parts = places.map(({ value }) => elementsOf(bytes, value));
  const elements = Buffer.concat(parts.map(({ start, end }) => bytes.subarray(start, end)));
  const head = Buffer.alloc(9, TypeCode.list32);
  head.writeUInt32BE(elements.length + 4, 1);
  head.writeUInt32BE(
    parts.reduce((sum, { count }) => sum + count, 0),
    5,
  );
  return Buffer.concat([head, elements]);
}

function toPayload(value: AmqpValue): unknown {
  if (Array.isArray(value)) return value.map(toPayload);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (!(value instanceof Map)) return value;
  const entries = [...value].map(([key, one]): [unknown, unknown] => [toPayload(key), toPayload(one)]);
  return entries.every(isField) ? Object.fromEntries(entries) : new Map(entries);
}

/** An object has texts as keys; and what reaches its prototype is no field of it. */
function isField(entry: [unknown, unknown]): entry is [string, unknown] {
  const [key, value] = entry;
  if (key !== 'constructor') return typeof key === 'string' && key !== '__proto__';
  return typeof value !== 'object' || value === null || !('prototype' in value);
}
