import { fieldAt, TypeCode } from '@nestjs-service-bus/amqp-message';

import { FrameError } from './frame-error.js';

// [AMQP 2.7.1] No peer may ask for smaller frames. rhea splits what it sends into pieces of this size minus its own
// overhead, and loops forever if that is negative.
const MIN_MAX_FRAME_SIZE = 512;

const OPEN_MAX_FRAME_SIZE = 2;
const DISPOSITION_FIRST = 1;
const DISPOSITION_LAST = 2;

/** Checks the maximum frame size of an open. Its fields must have been checked. Throws FrameError. */
export function checkMaxFrameSize(bytes: Buffer, list: number): void {
  const maxFrameSize = uintField(bytes, list, OPEN_MAX_FRAME_SIZE);
  if (maxFrameSize !== undefined && maxFrameSize < MIN_MAX_FRAME_SIZE) {
    throw new FrameError('amqp:invalid-field', 'too small a max-frame-size', { maxFrameSize });
  }
}

/** Limits the range of a disposition: rhea looks up each delivery. Its fields must have been checked. Throws FrameError. */
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
