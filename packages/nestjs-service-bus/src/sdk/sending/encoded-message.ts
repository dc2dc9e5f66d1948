import { type ServiceBusMessage, type ServiceBusMessageBatch } from '@azure/service-bus';
import { Annotation } from '@nestjs-service-bus/amqp-message';

import { LAST_EXPIRY_MS } from '../fast-lane/lifetime.js';
import { TypedBody } from '../fast-lane/typed-body.js';

/** A field of our own: received messages have one called `contentEncoding`, and are sent on without. */
export const CONTENT_ENCODING = Symbol('content encoding');

/** A message that may have a content encoding, which the SDK's own messages cannot have. */
export type EncodedMessage = ServiceBusMessage & { readonly [CONTENT_ENCODING]?: string };

type Annotated = Extract<Parameters<ServiceBusMessageBatch['tryAddMessage']>[0], { header?: unknown }>;

/**
 * The message in AMQP's own form where it has a content encoding: only so does the SDK send one. A received message that is
 * sent on keeps the types of its body.
 */
export function forSdk<Message>(message: Message): Message | Annotated {
  if (Array.isArray(message)) return message.some(isTyped) ? (message.map(forSdk) as Message) : message;
  if (isTyped(message)) return { ...message, body: message._rawAmqpMessage.body.encoded };
  const isEncoded = typeof message === 'object' && message !== null && CONTENT_ENCODING in message;
  return isEncoded ? annotated(message as unknown as EncodedMessage) : message;
}

function isTyped(message: unknown): message is { readonly _rawAmqpMessage: { readonly body: TypedBody } } {
  if (typeof message !== 'object' || message === null || !('_rawAmqpMessage' in message)) return false;
  const { body, _rawAmqpMessage: raw } = message as { body?: unknown; _rawAmqpMessage?: { body?: unknown } };
  return raw?.body instanceof TypedBody && raw.body.content === body;
}

/** Has a batch of the SDK's take messages with a content encoding. */
export function takingEncoded(batch: ServiceBusMessageBatch): ServiceBusMessageBatch {
  const add = batch.tryAddMessage.bind(batch);
  batch.tryAddMessage = (message, options) => add(forSdk(message), options);
  return batch;
}

function annotated(message: EncodedMessage): Annotated {
  const { timeToLive, partitionKey, scheduledEnqueueTimeUtc: scheduled } = message;
  const nowMs = Date.now();
  return {
    body: message.body as unknown,
    bodyType: 'data',
    header: timeToLive ? { timeToLive } : {},
    properties: withoutGaps({
      messageId: message.messageId,
      to: message.to,
      subject: message.subject,
      replyTo: message.replyTo,
      correlationId: message.correlationId,
      contentType: message.contentType,
      contentEncoding: message[CONTENT_ENCODING],
      groupId: message.sessionId,
      replyToGroupId: message.replyToSessionId,
      ...(timeToLive && {
        creationTime: nowMs,
        absoluteExpiryTime: Math.min(nowMs + timeToLive, LAST_EXPIRY_MS),
      }),
    }),
    messageAnnotations: withoutGaps({
      [Annotation.partitionKey]: partitionKey,
      [Annotation.scheduledEnqueueTime]: scheduled,
    }),
    ...(message.applicationProperties && { applicationProperties: message.applicationProperties }),
  };
}

function withoutGaps<Fields extends object>(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;
}
