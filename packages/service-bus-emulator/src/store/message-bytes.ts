import { EncodedMessage } from '../amqp/codec/message/encoded-message.js';
import { type Message } from '../model/queue/message.js';
import { type MessageRecord } from '../model/namespace/namespace-records.js';

const STATES = ['active', 'deferred', 'scheduled'] as const;
/** In the byte of the state: the message waited for the time it was scheduled for. */
const WAS_SCHEDULED = 0x80;
// In bytes: state 1, hops 1, delivery count 4, three numbers of 8 each, length of the dead-letter source 2.
const HEADER_BYTES = 32;

/** Writes a message: what the broker knows of it, and the producer's bytes unchanged. */
export function writeMessage(message: Message): Buffer {
  const source = Buffer.from(message.deadLetterSource ?? '', 'utf8');
  const { bytes } = message.content as EncodedMessage;
  const record = Buffer.allocUnsafe(HEADER_BYTES + source.length + bytes.length);
  record[0] = STATES.indexOf(message.state) | (message.wasScheduled ? WAS_SCHEDULED : 0);
  record[1] = message.hops;
  record.writeUInt32BE(message.deliveryCount, 2);
  record.writeDoubleBE(message.enqueuedSequenceNumber, 6);
  record.writeDoubleBE(message.enqueuedTimeMs, 14);
  record.writeDoubleBE(message.expiresAtMs, 22);
  record.writeUInt16BE(source.length, 30);
  source.copy(record, HEADER_BYTES);
  bytes.copy(record, HEADER_BYTES + source.length);
  return record;
}

/** Reads a message that writeMessage has written. */
export function readMessage(address: string, sequenceNumber: number, record: Buffer): MessageRecord {
  const contentStart = HEADER_BYTES + record.readUInt16BE(30);
  const source = record.toString('utf8', HEADER_BYTES, contentStart);
  const state = record[0] as number;
  return {
    address,
    sequenceNumber,
    state: STATES[state & ~WAS_SCHEDULED] ?? 'active',
    wasScheduled: (state & WAS_SCHEDULED) !== 0,
    hops: record[1] as number,
    deliveryCount: record.readUInt32BE(2),
    enqueuedSequenceNumber: record.readDoubleBE(6),
    enqueuedTimeMs: record.readDoubleBE(14),
    expiresAtMs: record.readDoubleBE(22),
    deadLetterSource: source === '' ? undefined : source,
    content: new EncodedMessage(Buffer.from(record.subarray(contentStart))),
  };
}
