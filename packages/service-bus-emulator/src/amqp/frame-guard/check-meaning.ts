import { TypeCode } from '@nestjs-service-bus/amqp-message';

import { fieldAt } from '../codec/list-field.js';
import { FrameError } from './frame-error.js';

// [AMQP 2.7.1]: no peer may ask for smaller frames. rhea cuts what it sends into pieces of this size less its own
// overhead, and never ends once that is negative.
const MIN_MAX_FRAME_SIZE = 512;

const OPEN_MAX_FRAME_SIZE = 2;
const DISPOSITION_FIRST = 1;
const DISPOSITION_LAST = 2;

/** Checks the frame size that an open, whose fields have been checked, asks for. */
export function checkMaxFrameSize(bytes: Buffer, list: number): void {
  const maxFrameSize = uintField(bytes, list, OPEN_MAX_FRAME_SIZE);
  if (maxFrameSize !== undefined && maxFrameSize < MIN_MAX_FRAME_SIZE) {
    throw new FrameError('amqp:invalid-field', 'too small a max-frame-size', { maxFrameSize });
  }
}

/** Checks how many deliveries a disposition, whose fields have been checked, is about: rhea looks for each of them. */
export function checkDispositionRange(bytes: Buffer, list: number, maxRange: number): void {
  const last = uintField(bytes, list, DISPOSITION_LAST);
  if (last === undefined) return;
  const first = uintField(bytes, list, DISPOSITION_FIRST) ?? 0;
  if (last - first >= maxRange) {
    throw new FrameError('amqp:resource-limit-exceeded', 'too wide a disposition', { first, last });
  }
}

function uintField(bytes: Buffer, list: number, index: number): number | undefined {
  const at = fieldAt(bytes, list, index);
  if (at === undefined) return undefined;
  const code = bytes[at];
  if (code === TypeCode.uint) return bytes.readUInt32BE(at + 1);
  return code === TypeCode.smallUint ? bytes[at + 1]! : 0;
}
