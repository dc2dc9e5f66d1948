import { type ServiceBusMessage } from '@azure/service-bus';

import { LAST_EXPIRY_MS } from './lifetime.js';
import { type ValueWriter } from './value-writer.js';

// [AMQP 3.2] sections of a message
const HEADER = 0x70;
const MESSAGE_ANNOTATIONS = 0x72;
const PROPERTIES = 0x73;
const APPLICATION_PROPERTIES = 0x74;
const DATA = 0x75;

const MAX_UINT = 2 ** 32 - 1;
/** From here on down an integer is a long for rhea. */
const MIN_INT = -(2 ** 31) + 1;

type Fields = Omit<ServiceBusMessage, 'body'>;

/** Writes a message's header [AMQP 3.2.1]: nothing, unless it has a time to live. */
export function encodeHeader({ timeToLive }: Fields, writer: ValueWriter): void {
  if (!timeToLive) return;
  writer.descriptor(HEADER);
  const list = writer.beginList();
  writer.null(); // durable
  writer.null(); // priority
  writer.uint(Math.min(timeToLive, MAX_UINT));
  writer.end(list, 3);
}

/** Writes all that stands between header and body, as the SDK would; the message has to be plain. */
export function encodeProperties(message: Fields, writer: ValueWriter, nowMs: number): void {
  encodeAnnotations(message, writer);
  encodeAmqpProperties(message, writer, nowMs);
  const { applicationProperties } = message;
  if (!applicationProperties) return;
  writer.descriptor(APPLICATION_PROPERTIES);
  const map = writer.beginMap();
  const entries = Object.entries(applicationProperties);
  for (const [name, value] of entries) {
    writer.string(name);
    encodeProperty(value, writer);
  }
  writer.end(map, 2 * entries.length);
}

/** Writes the body as data: bytes as they are, anything else as JSON. Returns false if there is no JSON for it. */
export function encodeBody(body: unknown, writer: ValueWriter): boolean {
  if (body instanceof Uint8Array) {
    writer.descriptor(DATA);
    writer.binary(body);
    return true;
  }
  const json = toJson(body ?? null);
  if (json === undefined) return false;
  writer.descriptor(DATA);
  writer.binaryText(json);
  return true;
}

function encodeAnnotations({ partitionKey, scheduledEnqueueTimeUtc }: Fields, writer: ValueWriter): void {
  const hasKey = typeof partitionKey === 'string';
  if (!hasKey && !scheduledEnqueueTimeUtc) return;
  writer.descriptor(MESSAGE_ANNOTATIONS);
  const map = writer.beginMap();
  if (hasKey) {
    writer.symbol('x-opt-partition-key');
    writer.string(partitionKey);
  }
  if (scheduledEnqueueTimeUtc) {
    writer.symbol('x-opt-scheduled-enqueue-time');
    writer.timestamp(scheduledEnqueueTimeUtc.getTime());
  }
  writer.end(map, (hasKey ? 2 : 0) + (scheduledEnqueueTimeUtc ? 2 : 0));
}

/** [AMQP 3.2.4] Fields behind the last one that is there are left out. */
function encodeAmqpProperties(message: Fields, writer: ValueWriter, nowMs: number): void {
  const { timeToLive, sessionId, replyToSessionId } = message;
  writer.descriptor(PROPERTIES);
  const list = writer.beginList();
  encodeId(message.messageId, writer);
  writer.null(); // user-id
  encodeText(message.to, writer);
  encodeText(message.subject, writer);
  encodeText(message.replyTo, writer);
  encodeId(message.correlationId, writer);
  if (typeof message.contentType === 'string') writer.symbol(message.contentType);
  else writer.null();
  const hasSession = typeof sessionId === 'string' || typeof replyToSessionId === 'string';
  if (!timeToLive && !hasSession) return writer.end(list, 7);
  writer.null(); // content-encoding
  if (timeToLive) {
    writer.timestamp(Math.min(nowMs + Math.min(timeToLive, MAX_UINT), LAST_EXPIRY_MS));
    writer.timestamp(nowMs);
  } else {
    writer.null();
    writer.null();
  }
  if (!hasSession) return writer.end(list, 10);
  encodeText(sessionId, writer);
  writer.null(); // group-sequence
  encodeText(replyToSessionId, writer);
  writer.end(list, 13);
}

function encodeText(value: string | undefined, writer: ValueWriter): void {
  if (typeof value === 'string') writer.string(value);
  else writer.null();
}

function encodeId(value: ServiceBusMessage['messageId'], writer: ValueWriter): void {
  if (typeof value === 'string') writer.string(value);
  else if (typeof value === 'number') writer.ulong(value);
  else writer.null();
}

/** As rhea chooses the types: what is no integer is a double, and a negative number no unsigned one. */
function encodeProperty(value: unknown, writer: ValueWriter): void {
  if (typeof value === 'string') writer.string(value);
  else if (typeof value === 'boolean') writer.boolean(value);
  else if (typeof value === 'number') encodeNumber(value, writer);
  else if (value instanceof Date) writer.timestamp(value.getTime());
  else writer.null();
}

function encodeNumber(value: number, writer: ValueWriter): void {
  if (!Number.isInteger(value)) writer.double(value);
  else if (value > MAX_UINT) writer.ulong(value);
  else if (value > 0) writer.uint(value);
  else if (value > MIN_INT) writer.int(value);
  else writer.long(value);
}

/** Circular values and big integers have no JSON; functions and symbols are none. */
function toJson(body: unknown): string | undefined {
  try {
    return JSON.stringify(body);
  } catch {
    return undefined;
  }
}
