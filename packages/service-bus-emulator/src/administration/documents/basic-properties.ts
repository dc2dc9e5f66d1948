import { type QueueDescription } from '../../model/entity/entity-description.js';
import { type DescriptionReader } from './description-reader.js';
import { formatDuration } from '../../duration.js';
import { element, optionalElements, type XmlElement } from '../xml/xml-element.js';

type BasicProperties = Pick<
  QueueDescription,
  'status' | 'defaultMessageTimeToLiveMs' | 'autoDeleteOnIdleMs' | 'userMetadata' | 'enableBatchedOperations'
>;

/** Reads the properties that queues, topics and subscriptions share. */
export function readBasicProperties(reader: DescriptionReader): Partial<BasicProperties> {
  return {
    status: reader.choice('Status', ['Active', 'Disabled', 'SendDisabled', 'ReceiveDisabled']),
    defaultMessageTimeToLiveMs: reader.durationMs('DefaultMessageTimeToLive'),
    autoDeleteOnIdleMs: reader.durationMs('AutoDeleteOnIdle'),
    userMetadata: reader.text('UserMetadata'),
    enableBatchedOperations: reader.flag('EnableBatchedOperations'),
  };
}

/** Writes the properties that queues, topics and subscriptions share. */
export function writeBasicProperties(description: BasicProperties): XmlElement[] {
  return [
    element('DefaultMessageTimeToLive', formatDuration(description.defaultMessageTimeToLiveMs)),
    element('EnableBatchedOperations', description.enableBatchedOperations),
    element('Status', description.status),
    ...optionalElements({ UserMetadata: description.userMetadata }),
    element('AutoDeleteOnIdle', formatDuration(description.autoDeleteOnIdleMs)),
    element('EntityAvailabilityStatus', 'Available'),
  ];
}
