import { type TopicOptions } from '../../model/entity/entity-description.js';
import { type TopicEntity } from '../../model/entity/topic-entity.js';
import { readBasicProperties, writeBasicProperties } from './basic-properties.js';
import { writeDescription } from './write-description.js';
import { DescriptionReader } from './description-reader.js';
import { writeCountDetails, writeTimes } from './runtime-properties.js';
import { readSendableProperties, writeSendableProperties } from './sendable-properties.js';
import { element, type XmlElement } from '../xml/xml-element.js';

/** Reads a `TopicDescription`. */
export function readTopic(document: XmlElement, name: string): TopicOptions {
  const reader = new DescriptionReader(document);
  return {
    ...readBasicProperties(reader),
    ...readSendableProperties(reader),
    supportOrdering: reader.flag('SupportOrdering'),
    name,
  };
}

/** Writes a topic with its message counts. */
export function writeTopic(topic: TopicEntity): XmlElement {
  const { description, subscriptions, scheduled } = topic;
  return writeDescription('TopicDescription', [
    ...writeSendableProperties(description),
    ...writeBasicProperties(description),
    element('SupportOrdering', description.supportOrdering),
    element('SizeInBytes', topic.sizeBytes),
    element('SubscriptionCount', subscriptions.size),
    writeCountDetails({ ScheduledMessageCount: scheduled.store.counts.scheduled }),
    ...writeTimes(topic.activity),
  ]);
}
