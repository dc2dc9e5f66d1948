import { type ServiceBusMessage } from '@azure/service-bus';
import {
  Annotation,
  HeaderField,
  PropertyField,
  Section,
  type ValueWriter,
} from '@nestjs-service-bus/amqp-message';

import { CONTENT_ENCODING, type EncodedMessage } from '../sending/encoded-message.js';
import { LAST_EXPIRY_MS } from './lifetime.js';

const MAX_UINT = 2 ** 32 - 1;
/** From here on down an integer is a long for rhea. */
const MIN_INT = -(2 ** 31) + 1;

type Fields = Omit<EncodedMessage, 'body'>;

/** Writes a message's header [AMQP 3.2.1]: nothing, unless it has a time to live. */
export function encodeHeader({ timeToLive }: Fields, writer: ValueWriter): void {
  if (!timeToLive) return;
  writer.descriptor(Section.header);
  const list = writer.beginShortList();
  writer.null(); // durable
  writer.null(); // priority
  writer.uint(Math.min(timeToLive, MAX_UINT));
  writer.endShort(list, HeaderField.timeToLive + 1);
}

/** Writes all that stands between header and body, as the SDK would; the message has to be plain. */
export function encodeProperties(message: Fields, writer: ValueWriter, nowMs: number): void {
  encodeAnnotations(message, writer);
  encodeAmqpProperties(message, writer, nowMs);
  const { applicationProperties } = message;
  if (!applicationProperties) return;
  writer.descriptor(Section.applicationProperties);
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
    writer.descriptor(Section.data);
    writer.binary(body);
    return true;
  }
  const json = toJson(body ?? null);
  if (json === undefined) return false;
  writer.descriptor(Section.data);
  writer.binaryText(json);
  return true;
}

function encodeAnnotations({ partitionKey, scheduledEnqueueTimeUtc }: Fields, writer: ValueWriter): void {
  const hasKey = typeof partitionKey === 'string';
  if (!hasKey && !scheduledEnqueueTimeUtc) return;
  writer.descriptor(Section.messageAnnotations);
  const map = writer.beginMap();
  if (hasKey) {
    writer.symbol(Annotation.partitionKey);
    writer.string(partitionKey);
  }
  if (scheduledEnqueueTimeUtc) {
    writer.symbol(Annotation.scheduledEnqueueTime);
    writer.timestamp(scheduledEnqueueTimeUtc.getTime());
  }
  writer.end(map, (hasKey ? 2 : 0) + (scheduledEnqueueTimeUtc ? 2 : 0));
}

/** [AMQP 3.2.4] Fields behind the last one that is there are left out. */
function encodeAmqpProperties(message: Fields, writer: ValueWriter, nowMs: number): void {
  const { timeToLive, sessionId, replyToSessionId, [CONTENT_ENCODING]: contentEncoding } = message;
  writer.descriptor(Section.properties);
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
  if (!timeToLive && !hasSession && !contentEncoding) return writer.end(list, PropertyField.contentType + 1);
  if (contentEncoding) writer.symbol(contentEncoding);
  else writer.null();
  if (timeToLive) {
    writer.timestamp(Math.min(nowMs + Math.min(timeToLive, MAX_UINT), LAST_EXPIRY_MS));
    writer.timestamp(nowMs);
  } else {
    writer.null();
    writer.null();
  }
  if (!hasSession) return writer.end(list, PropertyField.creationTime + 1);
  encodeText(sessionId, writer);
  writer.null(); // group-sequence
  encodeText(replyToSessionId, writer);
  writer.end(list, PropertyField.replyToGroupId + 1);
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
