import { createHash } from 'node:crypto';

import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { Annotation, Section } from '@nestjs-service-bus/amqp-message';

import { recordAttemptsOnCopy } from '../delivery/attempts.js';
import { messageIdentity, ORIGINAL_MESSAGE_ID } from '../delivery/message-identity.js';
import { MAX_MESSAGE_ID_LENGTH } from '../reply/output-message.js';
import { TypedBody } from '../sdk/index.js';

type AnnotatedMessage = ServiceBusReceivedMessage['_rawAmqpMessage'];

/**
 * The message once more, for another attempt at `dueAtMs` (since 1970). Body and properties are those of the
 * original; its id is a fresh one, because duplicate detection would drop the original's. It is the same for each
 * delivery of the original, so that one that is copied twice gives one copy where duplicates are detected.
 */
export function retryCopy(
  message: ServiceBusReceivedMessage,
  entityPath: string,
  failedAttempts: number,
  dueAtMs: number,
): AnnotatedMessage {
  const raw = message._rawAmqpMessage;
  const identity = messageIdentity(message, entityPath);
  const header = { ...raw.header };
  // [AMQP 3.2.1] The copy's own deliveries are counted anew.
  delete header.deliveryCount;
  delete header.firstAcquirer;
  const properties = { ...raw.properties, messageId: copyId(identity, message) };
  if (header.timeToLive !== undefined) {
    header.timeToLive = timeLeft(message, header.timeToLive, dueAtMs);
    // The SDK makes them from the time to live, counting from now.
    delete properties.creationTime;
    delete properties.absoluteExpiryTime;
  }
  return {
    body: bodyOf(raw),
    bodyType: raw.bodyType,
    header,
    properties,
    footer: raw.footer,
    messageAnnotations: {
      ...senderAnnotations(raw.messageAnnotations),
      [Annotation.scheduledEnqueueTime]: new Date(dueAtMs),
    },
    applicationProperties: {
      ...raw.applicationProperties,
      ...recordAttemptsOnCopy(failedAttempts),
      [ORIGINAL_MESSAGE_ID]: identity,
    },
  };
}

function copyId(identity: string, { sequenceNumber }: ServiceBusReceivedMessage): string {
  const id = `${identity}:retry:${sequenceNumber?.toString()}`;
  return id.length <= MAX_MESSAGE_ID_LENGTH ? id : createHash('sha256').update(id).digest('hex');
}

/** The copy lives no longer than the original would have: its time counts from when it is due. */
function timeLeft({ expiresAtUtc }: ServiceBusReceivedMessage, whole: number, dueAtMs: number): number {
  return expiresAtUtc ? Math.min(Math.max(expiresAtUtc.getTime() - dueAtMs, 1), whole) : whole;
}

// The SDK keeps the section as rhea read it. [AMQP 3.2.6] Data may come in several sections; the SDK writes one.
function bodyOf({ body }: AnnotatedMessage): unknown {
  const section: unknown = body;
  const isSection =
    typeof section === 'object' && section !== null && 'typecode' in section && 'content' in section;
  if (!isSection) return section;
  if (section instanceof TypedBody) return section.encoded;
  const { typecode, content } = section;
  return typecode === Section.data && Array.isArray(content) ? Buffer.concat(content as Buffer[]) : content;
}

/** The broker's own annotations are about the delivery; those of the sender go on. */
function senderAnnotations(annotations: AnnotatedMessage['messageAnnotations']): Record<string, unknown> {
  const entries = Object.entries(annotations ?? {});
  return Object.fromEntries(
    entries.filter(([name]) => name === Annotation.partitionKey || !name.toLowerCase().startsWith('x-opt-')),
  );
}
