import { bodyBytes, type ReceivedMessage } from './received-message.js';
import { textOfBytes } from './text-of-bytes.js';

const LAST_DATE_MS = Date.UTC(10_000, 0);

/**
 * A message's body as JSON text. A body that is JSON is passed on as it is written; any other text becomes a
 * string, and bytes that are no text a string in Base64. What is declared as text stays text.
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

/** A message as JSON text, its properties under the SDK's names; the body as `bodyToJson` has it. */
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
      // A 64-bit number: more than JSON's readers take exactly.
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

/** To the SDK, a message that does not expire does so tens of thousands of years from now. */
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

/** Text is text even if it looks like a number; bytes too. The SDK names no type, and writes JSON. */
function mayBeJson(contentType: string | undefined): boolean {
  return !/^\s*(?:text\/(?!json)|application\/octet-stream)/i.test(contentType ?? '');
}

/** Bytes in Base64, wherever they are; JSON.stringify has made a list of numbers of them by now. */
function readable(this: unknown, key: string, value: unknown): unknown {
  const original = (this as Record<string, unknown>)[key];
  return original instanceof Uint8Array ? Buffer.from(original).toString('base64') : value;
}
