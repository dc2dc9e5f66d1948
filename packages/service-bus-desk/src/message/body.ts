import { type AmqpValue, readValue, Section } from '@nestjs-service-bus/amqp-message';

import { type BodySection } from './sections.js';
import { typeName } from './type-name.js';
import { toJson } from './to-json.js';

/** [AMQP 3.2] The kinds of a body: bytes, one value, or lists of values. */
export type BodyKind = 'data' | 'value' | 'sequence' | 'none';

/** A message's body. */
export interface Body {
  /** How the body is laid out. */
  readonly kind: BodyKind;
  /** The AMQP type: `binary` for data, `list` for a sequence, that of the value for a value. */
  readonly type: string;
  /** Of data: its bytes, all pieces together. Otherwise the encoded values. */
  readonly bytes: Buffer;
  /** Of a value: that value; of a sequence: all lists in one. */
  readonly value?: AmqpValue;
}

/** How a body is shown. */
export type BodyView = JsonView | TextView | HexView | NoView;

/** A body that is JSON, or a value that is shown as such. */
export interface JsonView {
  /** Tells the views apart. */
  readonly form: 'json';
  /** What the body means. */
  readonly json: unknown;
}

/** A body that is readable text. */
export interface TextView {
  /** Tells the views apart. */
  readonly form: 'text';
  /** The text as it is; it may contain what a terminal takes for commands. */
  readonly text: string;
}

/** A body that is bytes. */
export interface HexView {
  /** Tells the views apart. */
  readonly form: 'hex';
  /** Two hexadecimal digits for each byte. */
  readonly hex: string;
}

/** No body at all. */
export interface NoView {
  /** Tells the views apart. */
  readonly form: 'none';
}

const EMPTY = Buffer.alloc(0);
const utf8 = new TextDecoder('utf-8', { fatal: true });
/** Control characters that no text has. */
// eslint-disable-next-line no-control-regex
const NO_TEXT = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/;

export function readBody(bytes: Buffer, sections: readonly BodySection[]): Body {
  const [first] = sections;
  if (first === undefined) return { kind: 'none', type: 'none', bytes: EMPTY };
  const encoded = bytes.subarray(first.value, sections.at(-1)?.end);
  switch (first.section) {
    case Section.data:
      return { kind: 'data', type: 'binary', bytes: dataOf(bytes, sections) };
    case Section.sequence: {
      const value = sections.flatMap((one) => readValue(bytes, one.value) as AmqpValue[]);
      return { kind: 'sequence', type: 'list', bytes: encoded, value };
    }
    default:
      return {
        kind: 'value',
        type: typeName(bytes, first.value),
        bytes: encoded,
        value: readValue(bytes, first.value),
      };
  }
}

/** Shows a body as JSON if it is any, as text if it is readable, else in hexadecimal. */
export function viewBody(body: Body): BodyView {
  if (body.kind === 'none') return { form: 'none' };
  if (body.kind !== 'data') {
    const { value } = body;
    return typeof value === 'string' ? viewText(value) : { form: 'json', json: toJson(value ?? null) };
  }
  const text = readText(body.bytes);
  return text === undefined ? { form: 'hex', hex: body.bytes.toString('hex') } : viewText(text);
}

/** The body as one searchable text; undefined for bytes that are none. */
export function bodyText(body: Body): string | undefined {
  if (body.kind === 'data') return readText(body.bytes);
  return typeof body.value === 'string' ? body.value : JSON.stringify(toJson(body.value ?? null));
}

function viewText(text: string): BodyView {
  if (!/^\s*[[{"\dtfn-]/.test(text)) return { form: 'text', text };
  try {
    return { form: 'json', json: JSON.parse(text) };
  } catch {
    return { form: 'text', text };
  }
}

function readText(bytes: Buffer): string | undefined {
  try {
    const text = utf8.decode(bytes);
    return NO_TEXT.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function dataOf(bytes: Buffer, sections: readonly BodySection[]): Buffer {
  const pieces = sections.map(({ value }) => readValue(bytes, value) as Uint8Array);
  const [only] = pieces;
  return pieces.length === 1 && only
    ? Buffer.from(only.buffer, only.byteOffset, only.length)
    : Buffer.concat(pieces);
}
