import { PropertyField } from '@nestjs-service-bus/amqp-message';
import { type SystemProperty } from '@nestjs-service-bus/rule-filter';

/** The index of each system property in the list of properties. */
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
