import { type ServiceBusMessage } from '@azure/service-bus';

/** [Service Bus] The longest message id, session id and partition key. */
const MAX_ID_LENGTH = 128;

const TEXTS = ['contentType', 'subject', 'to', 'replyTo', 'replyToSessionId'] as const;
const SHORT_TEXTS = ['sessionId', 'partitionKey'] as const;
const IDS = ['messageId', 'correlationId'] as const;

/**
 * Whether `encodeMessage` can write a message: its fields are of their declared types, its body is data, and its
 * properties are texts, numbers, booleans or dates. Leave any other message to the SDK, which encodes or refuses it.
 */
export function isPlainMessage(message: unknown): message is ServiceBusMessage {
  if (typeof message !== 'object' || message === null || !('body' in message)) return false;
  // The SDK sees AMQP's own form of a message in it.
  if ('bodyType' in message) return false;
  const { _rawAmqpMessage: raw } = message as { _rawAmqpMessage?: { bodyType?: string } };
  if (raw?.bodyType !== undefined && raw.bodyType !== 'data') return false;
  const fields = message as Record<string, unknown>;
  const { sessionId, partitionKey } = fields;
  return (
    (!sessionId || !partitionKey || sessionId === partitionKey) &&
    TEXTS.every((name) => isText(fields[name], Infinity)) &&
    SHORT_TEXTS.every((name) => isText(fields[name], MAX_ID_LENGTH)) &&
    IDS.every((name) => isId(fields[name])) &&
    isLifetime(fields['timeToLive']) &&
    isTime(fields['scheduledEnqueueTimeUtc']) &&
    arePlainProperties(fields['applicationProperties'])
  );
}

function isText(value: unknown, maxLength: number): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.length <= maxLength);
}

function isId(value: unknown): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0;
  return isText(value, MAX_ID_LENGTH);
}

function isLifetime(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'number' && value >= 0);
}

function isTime(value: unknown): boolean {
  return value === undefined || value === null || (value instanceof Date && !Number.isNaN(value.getTime()));
}

function arePlainProperties(properties: unknown): boolean {
  if (properties === undefined || properties === null) return true;
  return typeof properties === 'object' && Object.values(properties).every(isPlainProperty);
}

function isPlainProperty(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return true;
    case 'number':
      return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
    default:
      return value === null || (value instanceof Date && !Number.isNaN(value.getTime()));
  }
}
