import { viewBody } from './body.js';
import { type DeskMessage } from './desk-message.js';
import { toJson } from './to-json.js';

/** A message for programs. */
export function messageJson(message: DeskMessage): object {
  const { body } = message;
  return {
    ...fieldsOf(message),
    properties: message.applicationProperties.map(({ name, type, value }) => ({
      name,
      type,
      value: toJson(value),
    })),
    body: { kind: body.kind, type: body.type, ...viewBody(body) },
  };
}

/** What is known of a message besides its body and its application properties. */
export function fieldsOf(message: DeskMessage): Record<string, unknown> {
  return {
    sequenceNumber: String(message.sequenceNumber),
    messageId: message.messageId,
    state: message.state,
    enqueuedTime: message.enqueuedTime?.toISOString(),
    scheduledEnqueueTime: message.scheduledEnqueueTime?.toISOString(),
    subject: message.subject,
    contentType: message.contentType,
    correlationId: message.correlationId,
    sessionId: message.sessionId,
    partitionKey: message.partitionKey,
    to: message.to,
    replyTo: message.replyTo,
    timeToLiveMs: message.timeToLiveMs,
    deliveryCount: message.deliveryCount,
    deadLetterSource: message.deadLetterSource,
    reason: message.deadLetterReason,
    description: message.deadLetterDescription,
    handler: message.handler,
    attempt: message.attempt,
    problem: message.problem,
  };
}
