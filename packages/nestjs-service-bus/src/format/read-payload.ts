import { type ServiceBusReceivedMessage } from '@azure/service-bus';

import { DeadLetterException } from '../exceptions/dead-letter.exception.js';
import { DeferException } from '../exceptions/defer.exception.js';
import { describeError } from '../exceptions/describe-error.js';
import { isInstance, toText } from '../exceptions/read-thrown.js';
import { RetryException } from '../exceptions/retry.exception.js';
import { UndecodableMessageException } from '../exceptions/undecodable-message.exception.js';
import { checkReadable, decodeData, encodingOf, isTyped, toBuffer } from './decode.js';
import { keepEnvelope, OpenedEnvelope } from './opened-envelope.js';
import { type PayloadFormat } from './payload-format.js';
import { type Wire } from './wire.js';

/** The payload of a message by the formats that are configured; what none of them reads is read as ever. */
export async function readPayload(message: ServiceBusReceivedMessage, wire: Wire): Promise<unknown> {
  checkReadable(message);
  if (isTyped(message)) return message.body;
  const format = formatFor(message, wire);
  if (!format && wire.isStrict) throw unknownContentType(message, wire);
  const bytes = toBuffer(message.body);
  const encoding = encodingOf(message);
  if (encoding === undefined) return readBytes(bytes, message, format);
  const compression = wire.compressions.find(
    ({ contentEncoding }) =>
      contentEncoding.toLowerCase() === encoding || `x-${contentEncoding}` === encoding,
  );
  if (compression) return readBytes(await decompress(bytes, encoding, compression), message, format);
  // Nobody has said that encoded bodies are to be read: the handler gets them, as ever.
  if (!format && wire.compressions.length === 0) return bytes;
  throw unknownEncoding(encoding, wire);
}

async function readBytes(
  bytes: Buffer,
  message: ServiceBusReceivedMessage,
  format: PayloadFormat | undefined,
): Promise<unknown> {
  if (!format) return decodeData(bytes, message.contentType);
  let value: unknown;
  try {
    value = await format.deserialize(bytes, message);
  } catch (error) {
    throw explain(error, `the body could not be read as ${format.contentType}`);
  }
  if (value instanceof OpenedEnvelope) keepEnvelope(message, value);
  const payload = value instanceof OpenedEnvelope ? value.payload : value;
  if (payload !== undefined) return payload;
  throw new UndecodableMessageException(
    `the body could not be read as ${format.contentType}: its format returned undefined`,
  );
}

/** Those that look for themselves come first: an event in binary mode is JSON for all others. */
function formatFor(message: ServiceBusReceivedMessage, { formats }: Wire): PayloadFormat | undefined {
  const declared = mediaTypeOf(message.contentType);
  return (
    formats.find((format) => format.reads !== undefined && claims(format, message)) ??
    formats.find((format) => format.reads === undefined && mediaTypeOf(format.contentType) === declared)
  );
}

function claims(format: PayloadFormat, message: ServiceBusReceivedMessage): boolean {
  try {
    return format.reads?.(message) === true;
  } catch (error) {
    throw explain(error, `the format ${format.contentType} could not tell whether it reads the message`);
  }
}

async function decompress(
  bytes: Buffer,
  encoding: string,
  compression: Wire['compressions'][number],
): Promise<Buffer> {
  let body: unknown;
  try {
    body = await compression.decompress(bytes);
  } catch (error) {
    throw explain(error, `the body of ${bytes.length} bytes could not be decompressed from ${encoding}`);
  }
  if (body instanceof Uint8Array) return toBuffer(body);
  throw new UndecodableMessageException(
    `the body could not be decompressed from ${encoding}: decompress() returned ${typeof body}`,
  );
}

/** What asks for something else than the dead-letter queue is heard. */
function explain(error: unknown, what: string): unknown {
  const asked = [DeadLetterException, DeferException, RetryException];
  if (asked.some((type) => isInstance(error, type))) return error;
  return new UndecodableMessageException(`${what}: ${describeError(error)}`);
}

function unknownContentType({ contentType }: ServiceBusReceivedMessage, { formats }: Wire): Error {
  const known = formats.map((format) => format.contentType).join(', ') || 'none';
  const declared = contentType === undefined ? 'has none' : `is ${toText(contentType)}`;
  return new UndecodableMessageException(`its content type ${declared}, and strictFormats allows ${known}`);
}

function unknownEncoding(encoding: string, { compressions }: Wire): Error {
  const known = compressions.map(({ contentEncoding }) => contentEncoding).join(', ');
  const remedy =
    known === '' ? 'no compression is configured: compression: gzip()' : `what can be read is ${known}`;
  return new UndecodableMessageException(`its content encoding is ${encoding}, and ${remedy}`);
}

function mediaTypeOf(contentType: unknown): string | undefined {
  return typeof contentType === 'string' ? contentType.split(';', 1)[0]?.trim().toLowerCase() : undefined;
}
