import { type ServiceBusReceivedMessage } from '@azure/service-bus';

/** [Service Bus quotas] 64 KB for all that stands before a message's body; the broker's own part is some 1 KB of it. */
const MAX_BYTES = 63 * 1_024;
type Properties = Record<string, string | number>;

/** What one property takes besides its name and its value. */
const OVERHEAD_BYTES = 10;
/** A text that would be cut to less says nothing. */
const LEAST_TEXT_BYTES = 64;

/**
 * Fits what a settlement adds to a message into what its own properties leave free. The broker would refuse the
 * settlement, and the message would come again, for ever. Short properties go first; a text that is too long is cut, and
 * what has no room at all is left out. `reservedBytes` are needed for others.
 */
export function fitProperties(
  properties: Properties,
  message: ServiceBusReceivedMessage,
  reservedBytes = 0,
): Properties {
  let leftBytes = MAX_BYTES - reservedBytes - ownBytes(message, properties);
  const fitting: Properties = {};
  const sized = Object.entries(properties).map(([name, value]) => ({
    name,
    value,
    bytes: bytesOf(name, value),
  }));
  for (const { name, value, bytes } of sized.sort((a, b) => a.bytes - b.bytes)) {
    const fit = bytes <= leftBytes ? value : cutText(value, leftBytes - bytesOf(name, ''));
    if (fit === undefined) continue;
    fitting[name] = fit;
    leftBytes -= bytesOf(name, fit);
  }
  return fitting;
}

/** How many bytes a text takes on the wire, and how much of it fits into `maxBytes`. */
export function cutToBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const bytes = Buffer.from(text).subarray(0, Math.max(maxBytes, 0));
  // A character that was cut in two decodes to the replacement character.
  return bytes.toString().replace(/\uFFFD+$/u, '');
}

/** How many bytes of properties a message may still get. */
export function freeBytes(message: ServiceBusReceivedMessage): number {
  return MAX_BYTES - ownBytes(message, {});
}

function cutText(value: string | number, maxBytes: number): string | undefined {
  return typeof value === 'string' && maxBytes >= LEAST_TEXT_BYTES ? cutToBytes(value, maxBytes) : undefined;
}

/** What the message brings along, without what is written over. */
function ownBytes(message: ServiceBusReceivedMessage, written: Properties): number {
  const { messageId, correlationId, contentType, subject, to, replyTo, replyToSessionId, sessionId } =
    message;
  const texts = { messageId, correlationId, contentType, subject, to, replyTo, replyToSessionId, sessionId };
  let bytes = 0;
  for (const value of Object.values(texts)) bytes += bytesOf('', value);
  for (const [name, value] of Object.entries(message.applicationProperties ?? {})) {
    if (!Object.hasOwn(written, name)) bytes += bytesOf(name, value);
  }
  return bytes;
}

function bytesOf(name: string, value: unknown): number {
  const isText = typeof value === 'string';
  const valueBytes = isText ? Buffer.byteLength(value) : Buffer.isBuffer(value) ? value.length : 0;
  return Buffer.byteLength(name) + valueBytes + OVERHEAD_BYTES;
}
