import { type PreparedMessage } from 'nestjs-service-bus';

import { type OutboxMessage } from './outbox-message.js';

/** What `ServiceBusPublisher.prepare` gives, as a message for the outbox. */
export function fromPrepared(message: OutboxMessage | PreparedMessage): OutboxMessage {
  if (!isPrepared(message)) return message;
  const { destination: to, connection, contentEncoding, message: prepared } = message;
  const { body, timeToLive, messageId, correlationId, scheduledEnqueueTimeUtc, ...others } = prepared as Omit<
    typeof prepared,
    'body'
  > & { readonly body: unknown };
  return withoutGaps({
    to,
    connection,
    contentEncoding,
    payload: body,
    messageId: idOf(messageId),
    correlationId: idOf(correlationId),
    timeToLiveMs: timeToLive,
    scheduledEnqueueTimeUtc,
    contentType: others.contentType,
    sessionId: others.sessionId,
    partitionKey: others.partitionKey,
    subject: others.subject,
    replyTo: others.replyTo,
    replyToSessionId: others.replyToSessionId,
    applicationProperties: others.applicationProperties,
  });
}

function isPrepared(message: OutboxMessage | PreparedMessage): message is PreparedMessage {
  return typeof message === 'object' && message !== null && 'destination' in message && 'message' in message;
}

function idOf(id: string | number | Buffer | undefined): string | undefined {
  if (id === undefined) return undefined;
  return Buffer.isBuffer(id) ? id.toString('hex') : String(id);
}

function withoutGaps(fields: { readonly [Name in keyof OutboxMessage]: unknown }): OutboxMessage {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as unknown as OutboxMessage;
}
