import { TypeCode } from '@nestjs-service-bus/amqp-message';

const FRAME_HEADER_BYTES = 8;
const DESCRIPTOR_TRANSFER = 0x14;
const DESCRIPTOR_DISPOSITION = 0x15;

export interface Transfer {
  readonly channel: number;
  readonly handle: number;
  readonly deliveryId: number;
  readonly deliveryTag: Buffer;
  readonly messageFormat: number;
  readonly settled: boolean;
  readonly more: boolean;
}

// Nearly all of the traffic is transfers and dispositions: writing them by hand costs a fraction of rhea's general
// encoder. The fields have a fixed width, so the sizes are known in advance. All fields are written: there are clients
// that find them by their index alone.

/** [AMQP 2.7.5] Writes a transfer frame. */
export function writeTransferFrame(transfer: Transfer, payload: Buffer): Buffer {
  const tagLength = transfer.deliveryTag.length;
  // handle, delivery-id, message-format: 5 bytes each; tag: 2 + length; settled, more: 1 each
  // rcv-settle-mode, state, resume, aborted, batchable: null
  const fieldsLength = 15 + 2 + tagLength + 2 + 5;
  const payloadStart = FRAME_HEADER_BYTES + 3 + 3 + fieldsLength;
  const frame = Buffer.allocUnsafe(payloadStart + payload.length);
  let offset = writeFrameHeader(frame, transfer.channel);
  offset = writeListHeader(frame, offset, DESCRIPTOR_TRANSFER, fieldsLength, 11);
  offset = writeUint(frame, offset, transfer.handle);
  offset = writeUint(frame, offset, transfer.deliveryId);
  frame[offset++] = TypeCode.binary8;
  frame[offset++] = tagLength;
  offset += transfer.deliveryTag.copy(frame, offset);
  offset = writeUint(frame, offset, transfer.messageFormat);
  frame[offset++] = transfer.settled ? TypeCode.true : TypeCode.false;
  frame[offset++] = transfer.more ? TypeCode.true : TypeCode.false;
  frame.fill(TypeCode.null, offset, offset + 5);
  offset += 5;
  payload.copy(frame, offset);
  return frame;
}

/** [AMQP 2.7.6] Writes the sender's disposition frame that settles a range of deliveries. */
export function writeDispositionFrame(channel: number, first: number, last: number, state: Buffer): Buffer {
  // role, settled, batchable: 1 each; first, last: 5 each
  const fieldsLength = 13 + state.length;
  const long = fieldsLength > 250;
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + 3 + (long ? 9 : 3) + fieldsLength);
  let offset = writeFrameHeader(frame, channel);
  offset = writeListHeader(frame, offset, DESCRIPTOR_DISPOSITION, fieldsLength, 6);
  frame[offset++] = TypeCode.false;
  offset = writeUint(frame, offset, first);
  offset = writeUint(frame, offset, last);
  frame[offset++] = TypeCode.true;
  offset += state.copy(frame, offset);
  frame[offset] = TypeCode.null;
  return frame;
}

/** [AMQP 3.4] Writes an outcome of which nothing is said: all of its fields are null. */
export function writeOutcome(descriptor: number, fieldCount = 0): Buffer {
  if (fieldCount === 0)
    return Buffer.from([TypeCode.described, TypeCode.smallUlong, descriptor, TypeCode.list0]);
  const outcome = Buffer.alloc(6 + fieldCount, TypeCode.null);
  writeListHeader(outcome, 0, descriptor, fieldCount, fieldCount);
  return outcome;
}

/** [AMQP 3.4.3, 2.8.14] Writes the outcome `rejected` with an error. */
export function writeRejected(condition: string, description: string): Buffer {
  const symbol = Buffer.from(condition, 'ascii');
  const text = Buffer.from(description, 'utf8');
  // condition, description; info: null
  const errorFields = 2 + symbol.length + 5 + text.length + 1;
  const state = Buffer.allocUnsafe(3 + 9 + 3 + 9 + errorFields);
  let offset = writeListHeader(state, 0, 0x25, 12 + errorFields, 1, true);
  offset = writeListHeader(state, offset, 0x1d, errorFields, 3, true);
  state[offset++] = TypeCode.symbol8;
  state[offset++] = symbol.length;
  offset += symbol.copy(state, offset);
  state[offset++] = TypeCode.string32;
  offset = state.writeUInt32BE(text.length, offset);
  offset += text.copy(state, offset);
  state[offset] = TypeCode.null;
  return state;
}

function writeFrameHeader(frame: Buffer, channel: number): number {
  frame.writeUInt32BE(frame.length, 0);
  frame[4] = 2;
  frame[5] = 0;
  return frame.writeUInt16BE(channel, 6);
}

function writeListHeader(
  buffer: Buffer,
  offset: number,
  descriptor: number,
  fieldsLength: number,
  count: number,
  long = fieldsLength > 250,
): number {
  buffer[offset++] = TypeCode.described;
  buffer[offset++] = TypeCode.smallUlong;
  buffer[offset++] = descriptor;
  if (long) {
    buffer[offset++] = TypeCode.list32;
    offset = buffer.writeUInt32BE(fieldsLength + 4, offset);
    return buffer.writeUInt32BE(count, offset);
  }
  buffer[offset++] = TypeCode.list8;
  buffer[offset++] = fieldsLength + 1;
  buffer[offset++] = count;
  return offset;
}

function writeUint(buffer: Buffer, offset: number, value: number): number {
  buffer[offset] = TypeCode.uint;
  return buffer.writeUInt32BE(value, offset + 1);
}
