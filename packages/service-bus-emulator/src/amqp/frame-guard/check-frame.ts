import { type SkipBudget, TypeCode } from '@nestjs-service-bus/amqp-message';

import { checkFields } from './check-fields.js';
import { checkDispositionRange, checkMaxFrameSize } from './check-limits.js';
import { FrameError } from './frame-error.js';
import { FIELDS_OF, FrameType, Performative } from './performative.js';

/** A frame without a body: a heartbeat. */
export const EMPTY_FRAME = -1;

const NO_DESCRIPTOR = -1;

/**
 * Checks the frame from `start` to `end`; returns its performative, or EMPTY_FRAME if it has none. Does not check the
 * payload of a transfer. Throws FrameError, and MalformedMessageError for an error within a field.
 */
export function checkFrame(
  bytes: Buffer,
  start: number,
  end: number,
  type: number,
  budget: SkipBudget,
  maxDispositionRange: number,
): number {
  const body = checkFrameHeader(bytes, start, end, type);
  if (body === end) return EMPTY_FRAME;

  const isSmall =
    end - body > 3 && bytes[body] === TypeCode.described && bytes[body + 1] === TypeCode.smallUlong;
  const performative = isSmall ? bytes[body + 2]! : readLongDescriptor(bytes, body, end);
  const fields = FIELDS_OF[type]?.[performative];
  if (fields === undefined) {
    throw new FrameError('amqp:decode-error', 'an unknown performative', { performative });
  }
  const list = body + (isSmall ? 3 : 10);
  budget.renew();
  const next = checkFields(bytes, list, end, fields, budget);
  if (next !== end && performative !== Performative.transfer) {
    throw new FrameError('amqp:decode-error', 'bytes after the performative', { count: end - next });
  }
  if (performative === Performative.disposition) checkDispositionRange(bytes, list, maxDispositionRange);
  if (performative === Performative.open) checkMaxFrameSize(bytes, list);
  return performative;
}

function checkFrameHeader(bytes: Buffer, start: number, end: number, type: number): number {
  const dataOffset = bytes[start + 4]!;
  if (dataOffset < 2 || dataOffset * 4 > end - start) {
    throw new FrameError('amqp:connection:framing-error', 'a data offset outside the frame', { dataOffset });
  }
  if (bytes[start + 5] !== type) {
    throw new FrameError('amqp:connection:framing-error', 'a frame of the wrong type', {
      type: bytes[start + 5]!,
      expected: type,
    });
  }
  const body = start + dataOffset * 4;
  // [AMQP 5.3.1] Only AMQP frames may be empty.
  if (body === end && type === FrameType.sasl) {
    throw new FrameError('amqp:connection:framing-error', 'an empty SASL frame');
  }
  return body;
}

function readLongDescriptor(bytes: Buffer, body: number, end: number): number {
  if (end - body < 11 || bytes[body] !== TypeCode.described || bytes[body + 1] !== TypeCode.ulong)
    return NO_DESCRIPTOR;
  return bytes.readUInt32BE(body + 2) === 0 ? bytes.readUInt32BE(body + 6) : NO_DESCRIPTOR;
}
