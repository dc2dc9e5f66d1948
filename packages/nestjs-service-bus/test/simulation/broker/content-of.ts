import { type ServiceBusMessage } from '@azure/service-bus';

import { type PropertyValue } from '@nestjs-service-bus/rule-filter';
import { SimulatedContent } from './simulated-content.js';

type AnnotatedCopy = {
  readonly body: Buffer;
  readonly properties: { readonly messageId?: string; readonly contentType?: string; groupId?: string };
  readonly messageAnnotations: Readonly<Record<string, Date>>;
  readonly applicationProperties: Record<string, PropertyValue>;
};

/** Converts a sent message to what the broker stores. */
export function contentOf(message: ServiceBusMessage): SimulatedContent {
  if ('messageAnnotations' in message) return copyOf(message as unknown as AnnotatedCopy);
  const { messageId, contentType, correlationId, sessionId, applicationProperties } = message;
  return new SimulatedContent({
    body: JSON.stringify(message.body),
    messageId: String(messageId ?? ''),
    contentType,
    correlationId: correlationId === undefined ? undefined : String(correlationId),
    sessionId,
    application: { ...applicationProperties },
  });
}

/** A retry copy is sent as an AMQP message. */
function copyOf({
  body,
  properties,
  messageAnnotations,
  applicationProperties,
}: AnnotatedCopy): SimulatedContent {
  return new SimulatedContent({
    body: body.toString(),
    messageId: properties.messageId ?? '',
    contentType: properties.contentType,
    sessionId: properties.groupId,
    scheduledEnqueueTimeMs: messageAnnotations['x-opt-scheduled-enqueue-time']?.getTime(),
    application: { ...applicationProperties },
  });
}
