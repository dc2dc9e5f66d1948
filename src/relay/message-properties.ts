import { type IncomingHttpHeaders } from 'node:http';

import { textOfBytes } from './text-of-bytes.js';
import { traceProperties } from './trace-properties.js';

/** The properties that the headers of `POST /send` set, under the SDK's names. */
export interface MessageProperties {
  messageId?: string;
  sessionId?: string;
  partitionKey?: string;
  subject?: string;
  correlationId?: string;
  contentType?: string;
  to?: string;
  replyTo?: string;
  replyToSessionId?: string;
  /** In milliseconds. */
  timeToLive?: number;
  scheduledEnqueueTimeUtc?: Date;
  applicationProperties?: Record<string, string>;
}

/** A header of `POST /send` is invalid; the message names it, and what is allowed. */
export class MessagePropertiesError extends Error {
  override readonly name = 'MessagePropertiesError';
}

type Read = (value: unknown, name: string) => MessageProperties;

const CUSTOM_PREFIX = 'x-property-';
// Service Bus accepts ids and keys of up to 128 characters.
const MAX_ID_LENGTH = 128;

// The properties that the BrokerProperties header of the Service Bus REST API sets, under their names there.
const READERS = new Map<string, Read>([
  ['MessageId', (value, name) => ({ messageId: readId(value, name) })],
  ['SessionId', (value, name) => ({ sessionId: readId(value, name) })],
  ['PartitionKey', (value, name) => ({ partitionKey: readId(value, name) })],
  ['ReplyToSessionId', (value, name) => ({ replyToSessionId: readId(value, name) })],
  ['CorrelationId', (value, name) => ({ correlationId: readText(value, name) })],
  ['Label', (value, name) => ({ subject: readText(value, name) })],
  ['Subject', (value, name) => ({ subject: readText(value, name) })],
  ['To', (value, name) => ({ to: readText(value, name) })],
  ['ReplyTo', (value, name) => ({ replyTo: readText(value, name) })],
  ['TimeToLive', (value, name) => ({ timeToLive: readSeconds(value, name) * 1000 })],
  ['ScheduledEnqueueTimeUtc', (value, name) => ({ scheduledEnqueueTimeUtc: readDate(value, name) })],
]);

/**
 * Reads a message's properties by the conventions of the Service Bus REST API: `Content-Type`, `BrokerProperties`
 * (JSON) and, for application properties, `x-property-<name>`. The raw headers keep the name's case.
 * @throws MessagePropertiesError
 */
export function readMessageProperties(
  headers: IncomingHttpHeaders,
  rawHeaders: readonly string[],
): MessageProperties {
  const properties = readBrokerProperties(headers['brokerproperties']);
  const given = readCustomProperties(rawHeaders);
  const custom = { ...traceProperties(headers, given), ...given };
  if (headers['content-type'] !== undefined) properties.contentType = headers['content-type'];
  if (Object.keys(custom).length > 0) properties.applicationProperties = custom;
  return properties;
}

function readBrokerProperties(header: string | string[] | undefined): MessageProperties {
  if (header === undefined) return {};
  const given = parseObject(String(header));
  const properties: MessageProperties = {};
  for (const [name, value] of Object.entries(given)) {
    const read = READERS.get(name);
    if (!read)
      throw refusal(`has no property ${JSON.stringify(name)}; it may have ${[...READERS.keys()].join(', ')}`);
    Object.assign(properties, read(value, name));
  }
  const { sessionId, partitionKey } = properties;
  if (sessionId !== undefined && partitionKey !== undefined && sessionId !== partitionKey) {
    throw refusal('has a PartitionKey that differs from its SessionId');
  }
  return properties;
}

function parseObject(header: string): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(decodeHeader(header));
  } catch {
    throw refusal('is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw refusal('is not a JSON object');
  return parsed;
}

function readCustomProperties(rawHeaders: readonly string[]): Record<string, string> {
  const custom: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    if (!name.toLowerCase().startsWith(CUSTOM_PREFIX) || name.length === CUSTOM_PREFIX.length) continue;
    custom.push([name.slice(CUSTOM_PREFIX.length), decodeHeader(value)]);
  }
  return Object.fromEntries(custom);
}

/** Node decodes a header's bytes as Latin-1; clients send UTF-8. */
function decodeHeader(value: string): string {
  return textOfBytes(Buffer.from(value, 'latin1')) ?? value;
}

function readText(value: unknown, name: string): string {
  if (typeof value !== 'string') throw refusal(`has a ${name} that is not a string`);
  return value;
}

function readId(value: unknown, name: string): string {
  const id = readText(value, name);
  // An id with a control character could not be returned in the Message-Id header.
  if (id === '' || id.length > MAX_ID_LENGTH || /\p{Cc}/u.test(id))
    throw refusal(`has a ${name} that is not 1 to 128 characters long, control characters excluded`);
  return id;
}

function readSeconds(value: unknown, name: string): number {
  if (typeof value !== 'number' || value <= 0)
    throw refusal(`has a ${name} that is not a number of seconds above 0`);
  // [AMQP 3.2.1] a header's ttl is an unsigned 32-bit number of milliseconds.
  return Math.min(value, 0xffff_ffff / 1000);
}

function readDate(value: unknown, name: string): Date {
  const text = readText(value, name);
  // A time without a zone is UTC, as the property's name says; Date would read it as local time.
  const isZoned = !text.includes(':') || /(?:Z|[A-Z]{3}|[+-]\d\d:?\d\d)$/i.test(text);
  const date = new Date(isZoned ? text : `${text}Z`);
  if (Number.isNaN(date.getTime())) throw refusal(`has a ${name} that is not a date`);
  return date;
}

function refusal(problem: string): MessagePropertiesError {
  return new MessagePropertiesError(`the BrokerProperties header ${problem}`);
}
