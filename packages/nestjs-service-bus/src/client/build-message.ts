import { randomUUID } from 'node:crypto';

import { type ServiceBusMessage } from '@azure/service-bus';
import { type ReadPacket } from '@nestjs/microservices';

import { ServiceBusMessageBuilder } from './service-bus-message-builder.js';
import { ServiceBusRecord } from './service-bus-record.js';

/** Builds the message for a packet of Nest's client; `subject` is the pattern's, `brokerTimeMs` when delays begin. */
export function buildMessage(
  packet: ReadPacket<unknown>,
  subject: string | undefined,
  brokerTimeMs = Date.now(),
): ServiceBusMessage {
  const { data, options } = toRecord(packet.data);
  const { delayMs, ...properties } = options;
  const message: ServiceBusMessage = {
    ...properties,
    body: data,
    contentType: data instanceof Uint8Array ? 'application/octet-stream' : 'application/json',
    // Always set, so that duplicate detection drops what a broken connection makes us send twice.
    messageId: properties.messageId ?? randomUUID(),
  };
  if (message.subject === undefined && subject !== undefined) message.subject = subject;
  if (delayMs !== undefined) message.scheduledEnqueueTimeUtc = new Date(brokerTimeMs + delayMs);
  // Nest's dispatch hooks put there what travels with a message besides its data.
  if (packet.metadata) {
    message.applicationProperties = { ...packet.metadata, ...properties.applicationProperties };
  }
  return message;
}

function toRecord(data: unknown): ServiceBusRecord {
  if (data instanceof ServiceBusRecord) return data;
  return data instanceof ServiceBusMessageBuilder ? data.build() : new ServiceBusRecord(data);
}
