import { type QueueDescription } from '../../model/entity/entity-description.js';
import { readAuthorizationRules, writeAuthorizationRules } from './authorization-rules.js';
import { type DescriptionReader } from './description-reader.js';
import { formatDuration } from '../../duration.js';
import { childOf, element, type XmlElement } from '../xml/xml-element.js';

type SendableProperties = Pick<
  QueueDescription,
  | 'maxSizeInMegabytes'
  | 'maxMessageSizeInKilobytes'
  | 'requiresDuplicateDetection'
  | 'duplicateDetectionHistoryTimeWindowMs'
  | 'enablePartitioning'
  | 'enableExpress'
  | 'authorizationRules'
>;

/** Reads the properties that only queues and topics have. */
export function readSendableProperties(reader: DescriptionReader): Partial<SendableProperties> {
  return {
    maxSizeInMegabytes: reader.count('MaxSizeInMegabytes'),
    maxMessageSizeInKilobytes: reader.count('MaxMessageSizeInKilobytes'),
    requiresDuplicateDetection: reader.flag('RequiresDuplicateDetection'),
    duplicateDetectionHistoryTimeWindowMs: reader.durationMs('DuplicateDetectionHistoryTimeWindow'),
    enablePartitioning: reader.flag('EnablePartitioning'),
    enableExpress: reader.flag('EnableExpress'),
    authorizationRules: readAuthorizationRules(childOf(reader.description, 'AuthorizationRules')),
  };
}

/** Writes the properties that only queues and topics have. */
export function writeSendableProperties(description: SendableProperties): XmlElement[] {
  return [
    element('MaxSizeInMegabytes', description.maxSizeInMegabytes),
    element('MaxMessageSizeInKilobytes', description.maxMessageSizeInKilobytes),
    element('RequiresDuplicateDetection', description.requiresDuplicateDetection),
    element(
      'DuplicateDetectionHistoryTimeWindow',
      formatDuration(description.duplicateDetectionHistoryTimeWindowMs),
    ),
    element('IsAnonymousAccessible', false),
    writeAuthorizationRules(description.authorizationRules ?? []),
    element('EnablePartitioning', description.enablePartitioning),
    element('EnableExpress', description.enableExpress),
  ];
}
