import { type SystemProperty } from '../../../model/filter/values/property-value.js';

/** [AMQP 3.2.4] The indexes of some fields in a message's list of properties. */
export const PropertyField = {
  messageId: 0,
  correlationId: 5,
  absoluteExpiryTime: 8,
  creationTime: 9,
  groupId: 10,
} as const;

/** The index of each system property in the list of properties. */
export const FIELD_OF: Readonly<Record<SystemProperty, number>> = {
  MessageId: PropertyField.messageId,
  To: 2,
  Label: 3,
  ReplyTo: 4,
  CorrelationId: PropertyField.correlationId,
  ContentType: 6,
  SessionId: PropertyField.groupId,
  ReplyToSessionId: 12,
};
