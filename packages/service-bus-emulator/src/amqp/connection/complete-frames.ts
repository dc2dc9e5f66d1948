import { type Connection } from 'rhea';

import { privateConnection, types } from '../rhea-private.js';

// [AMQP 2.7, 2.8.14, 3.4, 3.5: how many fields there are, by the numeric descriptor]
const FIELD_COUNTS = new Map([
  [0x10, 10], // open
  [0x11, 8], // begin
  [0x12, 14], // attach
  [0x13, 11], // flow
  [0x14, 11], // transfer
  [0x15, 6], // disposition
  [0x16, 3], // detach
  [0x17, 1], // end
  [0x18, 1], // close
  [0x1d, 3], // error
  [0x23, 2], // received
  [0x25, 1], // rejected
  [0x27, 3], // modified
  [0x28, 11], // source
  [0x29, 7], // target
  [0x44, 2], // sasl-outcome
]);
const DESCRIPTOR_OF_SYMBOL = new Map([
  ['amqp:error:list', 0x1d],
  ['amqp:received:list', 0x23],
  ['amqp:rejected:list', 0x25],
  ['amqp:modified:list', 0x27],
  ['amqp:source:list', 0x28],
  ['amqp:target:list', 0x29],
]);

const BEGIN = 0x11;
const HANDLE_MAX = 4;
const ALL_HANDLES = 0xffff_ffff;

/** A value as rhea encodes it. */
interface TypedValue {
  readonly value?: unknown;
  readonly descriptor?: { readonly value: unknown };
}

/** A performative, whose fields rhea encodes in order. */
interface Performative {
  readonly constructor: { readonly descriptor?: { readonly numeric: number } };
  readonly value: unknown[];
}

interface Encoder {
  encode(frame: { performative?: object }): void;
}

/**
 * Writes every field of every performative, those without a value as null, as the cloud does and rhea does not: there
 * are clients that find fields by their index alone (azure-servicebus for Python).
 */
export function writeCompleteFrames(connection: Connection): void {
  const { amqp_transport: amqp, sasl_transport: sasl } = privateConnection(connection);
  for (const encoder of [amqp, sasl.transports[3].transport] as Encoder[]) {
    const encode = encoder.encode.bind(encoder);
    encoder.encode = (frame) => {
      if (frame.performative) complete(frame.performative as Performative);
      encode(frame);
    };
  }
}

function complete(performative: Performative): void {
  const numeric = performative.constructor.descriptor?.numeric ?? 0;
  const count = FIELD_COUNTS.get(numeric);
  if (count === undefined) return;
  const { value: fields } = performative;
  // In place, because each send is answered by such a frame: the list of a performative's fields is its own.
  for (let index = 0; index < fields.length; index += 1) {
    const { descriptor } = (fields[index] ?? {}) as TypedValue;
    if (descriptor !== undefined) fields[index] = completedValue(fields[index]);
  }
  while (fields.length < count) fields.push(null);
  // Some clients read it as a number without looking.
  if (numeric === BEGIN) fields[HANDLE_MAX] ??= types.wrap_uint(ALL_HANDLES);
}

/** Returns a list of its own with that many fields: rhea's empty lists are all one array. */
function completed(values: readonly unknown[], count: number): unknown[] {
  const fields = Array.from(values, completedValue);
  while (fields.length < count) fields.push(null);
  return fields;
}

function completedValue(value: unknown): unknown {
  const { descriptor, value: fields } = (value ?? {}) as TypedValue;
  if (descriptor === undefined || !Array.isArray(fields)) return value;
  const numeric =
    typeof descriptor.value === 'string' ? DESCRIPTOR_OF_SYMBOL.get(descriptor.value) : descriptor.value;
  const count = FIELD_COUNTS.get(numeric as number);
  return count === undefined
    ? value
    : types.described(types.wrap_ulong(numeric as number), types.wrap_list(completed(fields, count)));
}
