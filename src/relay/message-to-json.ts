import { bodyBytes, type ReceivedMessage } from './received-message.js';
import { textOfBytes } from './text-of-bytes.js';

const LAST_DATE_MS = Date.UTC(10_000, 0);

/**
 * Renders a message's body as JSON. A body that is JSON stays as it is; any other text becomes a string, and bytes
 * that are not text become a Base64 string. A body with a text content type stays text.
 */
export function bodyToJson(message: ReceivedMessage): string {
  const bytes = bodyBytes(message);
  if (!bytes) return JSON.stringify(message.body ?? null, readable);
  const text = textOfBytes(bytes);
  if (text === undefined) return JSON.stringify(bytes.toString('base64'));
  const isJson = isWrittenAsJson(text);
  if (!mayBeJson(message.contentType)) return isJson && text.startsWith('"') ? text : JSON.stringify(text);
  return isJson ? text.trim() : JSON.stringify(text);
}

/** Renders a message as JSON, its properties under the SDK's names, its body as `bodyToJson` does. */
export function messageToJson(message: ReceivedMessage): string {
  const properties = JSON.stringify(
    {
      messageId: message.messageId,
      correlationId: message.correlationId,
      subject: message.subject,
      contentType: message.contentType,
      sessionId: message.sessionId,
      partitionKey: message.partitionKey,
      to: message.to,
      replyTo: message.replyTo,
      replyToSessionId: message.replyToSessionId,
      timeToLive: message.timeToLive,
      // A 64-bit number, which most JSON parsers would round.
      sequenceNumber: message.sequenceNumber?.toString(),
      deliveryCount: message.deliveryCount,
      state: message.state,
      enqueuedTimeUtc: message.enqueuedTimeUtc,
      expiresAtUtc: expiryOf(message),
      scheduledEnqueueTimeUtc: message.scheduledEnqueueTimeUtc,
      applicationProperties: message.applicationProperties ?? {},
    },
    readable,
  );
  return `{"body":${bodyToJson(message)},${properties.slice(1)}`;
}

/** The SDK gives a message without expiry a date tens of thousands of years from now. */
function expiryOf({ expiresAtUtc }: ReceivedMessage): Date | undefined {
  return expiresAtUtc && expiresAtUtc.getTime() < LAST_DATE_MS ? expiresAtUtc : undefined;
}

function isWrittenAsJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A text content type keeps text that looks like a number. The SDK sets no content type, and writes JSON. */
function mayBeJson(contentType: string | undefined): boolean {
  return !/^\s*(?:text\/(?!json)|application\/octet-stream)/i.test(contentType ?? '');
}

/**
 * Writes bytes as Base64; JSON.stringify has already turned them into lists of numbers. Integers beyond 2^53 become text, as
 * sequence numbers do, and a map whose keys are no texts a list of its entries.
 */
function readable(this: unknown, key: string, value: unknown): unknown {
  const original = (this as Record<string, unknown>)[key];
  if (original instanceof Uint8Array) return Buffer.from(original).toString('base64');
  if (typeof value === 'bigint') return String(value);
  return value instanceof Map ? [...(value as Map<unknown, unknown>)] : value;
}
