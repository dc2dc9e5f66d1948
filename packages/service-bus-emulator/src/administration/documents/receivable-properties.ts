import { type QueueDescription } from '../../model/entity/entity-description.js';
import { type DescriptionReader } from './description-reader.js';
import { formatDuration } from '../../duration.js';
import { entityAt, entityUri } from './entity-uri.js';
import { element, optionalElements, type XmlElement } from '../xml/xml-element.js';

type ReceivableProperties = Pick<
  QueueDescription,
  | 'lockDurationMs'
  | 'maxDeliveryCount'
  | 'requiresSession'
  | 'deadLetteringOnMessageExpiration'
  | 'forwardTo'
  | 'forwardDeadLetteredMessagesTo'
>;

/** Reads the properties that only queues and subscriptions have. */
export function readReceivableProperties(reader: DescriptionReader): Partial<ReceivableProperties> {
  return {
    lockDurationMs: reader.durationMs('LockDuration'),
    maxDeliveryCount: reader.count('MaxDeliveryCount'),
    requiresSession: reader.flag('RequiresSession'),
    deadLetteringOnMessageExpiration: reader.flag('DeadLetteringOnMessageExpiration'),
    forwardTo: entityAt(reader.text('ForwardTo')),
    forwardDeadLetteredMessagesTo: entityAt(reader.text('ForwardDeadLetteredMessagesTo')),
  };
}

/** Writes the properties that only queues and subscriptions have. */
export function writeReceivableProperties(description: ReceivableProperties, host: string): XmlElement[] {
  return [
    element('LockDuration', formatDuration(description.lockDurationMs)),
    element('RequiresSession', description.requiresSession),
    element('DeadLetteringOnMessageExpiration', description.deadLetteringOnMessageExpiration),
    element('MaxDeliveryCount', description.maxDeliveryCount),
    ...optionalElements({
      ForwardTo: entityUri(host, description.forwardTo),
      ForwardDeadLetteredMessagesTo: entityUri(host, description.forwardDeadLetteredMessagesTo),
    }),
  ];
}
