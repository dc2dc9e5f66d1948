import { isOfTheBroker } from './annotation.js';
import { EncodedMessage } from './encoded-message.js';
import { mapEntries } from './map-entries.js';
import { withMemoryOfItsOwn } from './own-memory.js';
import { PropertyField } from './property-field.js';
import { replaceFields, writeSection } from './rewrite-section.js';
import { Section } from './section.js';
import { writeMap } from './write-compound.js';
import { writeString } from './write-value.js';

/**
 * A message from its encoding. It gets an id from `newMessageId` if its producer gave it none (clients need one to
 * keep its lock), and loses the annotations that only a broker may write. Throws MalformedMessageError.
 */
export function parseMessage(bytes: Buffer, newMessageId: () => string): EncodedMessage {
  const message = new EncodedMessage(withMemoryOfItsOwn(bytes));
  const isClean = !mapEntries(message.bytes, message.places.messageAnnotations).some(isOfTheBroker);
  if (message.messageId !== '' && isClean) return message;
  return new EncodedMessage(withMemoryOfItsOwn(completed(message, newMessageId)));
}

function completed({ bytes, places, messageId }: EncodedMessage, newMessageId: () => string): Buffer {
  const annotations = mapEntries(bytes, places.messageAnnotations)
    .filter((entry) => !isOfTheBroker(entry))
    .map(({ start, end }) => bytes.subarray(start, end));
  return Buffer.concat([
    bytes.subarray(0, places.afterHeader),
    ...(annotations.length === 0 ? [] : [writeSection(Section.messageAnnotations, writeMap(annotations))]),
    messageId !== ''
      ? bytes.subarray(places.kept, places.afterProperties)
      : withMessageId(bytes, places.properties, newMessageId()),
    bytes.subarray(places.afterProperties),
  ]);
}

function withMessageId(bytes: Buffer, properties: number, id: string): Buffer {
  const changes = new Map([[PropertyField.messageId, writeString(id)]]);
  return writeSection(Section.properties, replaceFields(bytes, properties, changes));
}
