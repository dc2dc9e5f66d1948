import { MalformedMessageError } from '../value/malformed-message-error.js';
import { Section } from './section.js';
import { SectionReader } from './section-reader.js';
import { TypeCode } from '../value/type-code.js';

/** The message format of a batch: each data section is a whole message; the other sections repeat those of the first. */
export const BATCH_MESSAGE_FORMAT = 0x8001_3700;

/** Returns the messages of a batch, which share its memory. Throws MalformedMessageError. */
export function splitBatch(bytes: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  const reader = new SectionReader(bytes);
  while (reader.next()) {
    if (reader.section !== Section.data) continue;
    messages.push(binaryAt(bytes, reader.value, reader.end));
  }
  if (messages.length === 0) throw new MalformedMessageError(bytes.length, 'a batch without messages');
  return messages;
}

function binaryAt(bytes: Buffer, value: number, end: number): Buffer {
  return bytes.subarray(value + (bytes[value] === TypeCode.binary8 ? 2 : 5), end);
}
