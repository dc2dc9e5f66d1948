import { type SkipBudget, skipValue, TypeCode } from '@nestjs-service-bus/amqp-message';

import { KIND_OF, Kind } from './field-kind.js';
import { FrameError } from './frame-error.js';
import { type Fields } from './performative.js';

/** A performative's fields are nested in its list, at this depth. */
const FIELD_DEPTH = 2;

/**
 * Checks a performative's list, at `offset`, with each of its fields; returns the offset after it.
 * Throws FrameError, and MalformedMessageError for an error within a field.
 */
export function checkFields(
  bytes: Buffer,
  offset: number,
  end: number,
  fields: Fields,
  budget: SkipBudget,
): number {
  const code = bytes[offset]!;
  let at = offset + 1;
  let next = at;
  let count = 0;
  if (code === TypeCode.list8 && end - at >= 2) {
    next = at + 1 + bytes[at]!;
    count = bytes[at + 1]!;
    at += 2;
  } else if (code === TypeCode.list32 && end - at >= 8) {
    next = at + 4 + bytes.readUInt32BE(at);
    count = bytes.readUInt32BE(at + 4);
    at += 8;
  } else if (code !== TypeCode.list0) {
    throw new FrameError('amqp:decode-error', 'a performative that is not a list', { code });
  }
  if (next > end || at > next || count > next - at) {
    throw new FrameError('amqp:decode-error', 'a performative that does not fit into its frame', { count });
  }

  for (let index = 0; index < count; index++) {
    if (index < fields.length && at < next && (KIND_OF[bytes[at]!]! & fields[index]!) === 0) {
      throw new FrameError('amqp:decode-error', 'a field of the wrong type', { index, code: bytes[at]! });
    }
    at = skipValue(bytes, at, next, budget, FIELD_DEPTH);
  }
  if (at !== next) {
    throw new FrameError('amqp:decode-error', 'fewer fields declared than there are', { count });
  }
  for (let index = count; index < fields.length; index++) {
    if ((fields[index]! & Kind.null) === 0) {
      throw new FrameError('amqp:decode-error', 'a mandatory field is missing', { index });
    }
  }
  return next;
}
