import { type ServiceBusMessage, withContentEncoding } from 'nestjs-service-bus';

import { type StoredMessage, type StoredProperties, type StoredValue } from './outbox-message.js';

/** The message's time is over: sending it would be of no use to anybody. */
export class TimeToLiveExpiredError extends Error {
  override readonly name = 'TimeToLiveExpiredError';
}

/**
 * The message to be sent for a stored one; `ageMs` is how long it has waited by the database's clock, `createdAtMs` when it
 * was added. Throws a TimeToLiveExpiredError where it has waited too long.
 */
export function toServiceBusMessage(
  stored: StoredMessage,
  { ageMs, createdAtMs }: { readonly ageMs: number; readonly createdAtMs: number },
): ServiceBusMessage {
  const properties = JSON.parse(stored.properties) as StoredProperties;
  const message: ServiceBusMessage = {
    body: stored.body,
    contentType: stored.contentType,
    messageId: stored.messageId,
  };
  for (const name of TEXTS) {
    const value = properties[name];
    if (value !== undefined) message[name] = value;
  }
  if (properties.timeToLiveMs !== undefined) message.timeToLive = timeLeft(properties.timeToLiveMs, ageMs);
  const scheduledAtMs = properties.scheduledAtMs ?? delayedUntil(properties.delayMs, createdAtMs);
  if (scheduledAtMs !== undefined) message.scheduledEnqueueTimeUtc = new Date(scheduledAtMs);
  if (properties.application) {
    message.applicationProperties = Object.fromEntries(
      Object.entries(properties.application).map(([name, value]) => [name, valueOf(value)]),
    );
  }
  const { contentEncoding } = properties;
  return contentEncoding === undefined ? message : withContentEncoding(message, contentEncoding);
}

const TEXTS = [
  'sessionId',
  'partitionKey',
  'subject',
  'correlationId',
  'replyTo',
  'replyToSessionId',
] as const satisfies (keyof StoredProperties)[];

function timeLeft(timeToLiveMs: number, ageMs: number): number {
  const leftMs = timeToLiveMs - Math.max(0, ageMs);
  if (leftMs > 0) return Math.ceil(leftMs);
  throw new TimeToLiveExpiredError(
    `the message has waited for ${Math.round(ageMs)} ms, and its time to live is ${timeToLiveMs} ms`,
  );
}

function delayedUntil(delayMs: number | undefined, createdAtMs: number): number | undefined {
  return delayMs === undefined ? undefined : createdAtMs + delayMs;
}

function valueOf(value: StoredValue): string | number | boolean | Date | null {
  return typeof value === 'object' && value !== null ? new Date(value.date) : value;
}
