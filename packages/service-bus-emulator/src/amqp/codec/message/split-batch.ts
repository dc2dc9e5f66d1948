import { MalformedMessageError, Section, SectionReader, TypeCode } from '@nestjs-service-bus/amqp-message';

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
