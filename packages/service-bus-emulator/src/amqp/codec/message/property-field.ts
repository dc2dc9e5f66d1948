import { type SystemProperty } from '../../../model/filter/values/property-value.js';

/** The fields of a message's properties list that have a name here, by their place in it. [AMQP 3.2.4] */
export const PropertyField = {
  messageId: 0,
  correlationId: 5,
  absoluteExpiryTime: 8,
  creationTime: 9,
  groupId: 10,
} as const;

/** Where each of the broker's properties stands in the properties list. */
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
