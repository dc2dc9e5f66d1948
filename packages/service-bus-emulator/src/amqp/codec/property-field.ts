import { PropertyField } from '@nestjs-service-bus/amqp-message';

import { type SystemProperty } from '../../model/property-value.js';

/** Where each of the broker's properties stands in the properties list. */
export const FIELD_OF: Readonly<Record<SystemProperty, number>> = {
  MessageId: PropertyField.messageId,
  To: PropertyField.to,
  Label: PropertyField.subject,
  ReplyTo: PropertyField.replyTo,
  CorrelationId: PropertyField.correlationId,
  ContentType: PropertyField.contentType,
  SessionId: PropertyField.groupId,
  ReplyToSessionId: PropertyField.replyToGroupId,
};
