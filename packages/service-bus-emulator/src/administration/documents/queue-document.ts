import { type QueueOptions } from '../../model/entity/entity-description.js';
import { type QueueEntity } from '../../model/entity/queue-entity.js';
import { readBasicProperties, writeBasicProperties } from './basic-properties.js';
import { writeDescription } from './write-description.js';
import { DescriptionReader } from './description-reader.js';
import { readReceivableProperties, writeReceivableProperties } from './receivable-properties.js';
import { writeMessageCounts, writeTimes } from './runtime-properties.js';
import { readSendableProperties, writeSendableProperties } from './sendable-properties.js';
import { element, type XmlElement } from '../xml/xml-element.js';

/** Reads a `QueueDescription`. */
export function readQueue(document: XmlElement, name: string): QueueOptions {
  const reader = new DescriptionReader(document);
  return {
    ...readBasicProperties(reader),
    ...readReceivableProperties(reader),
    ...readSendableProperties(reader),
    name,
  };
}

/** Writes a queue with its message counts. */
export function writeQueue(
  { description, receivable, activity, sizeBytes }: QueueEntity,
  host: string,
): XmlElement {
  return writeDescription('QueueDescription', [
    ...writeReceivableProperties(description, host),
    ...writeSendableProperties(description),
    ...writeBasicProperties(description),
    element('SizeInBytes', sizeBytes),
    ...writeMessageCounts(receivable),
    ...writeTimes(activity),
  ]);
}
