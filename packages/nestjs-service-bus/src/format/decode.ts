import { isUtf8 } from 'node:buffer';

import { type ServiceBusReceivedMessage } from '@azure/service-bus';

import { readField } from '../exceptions/read-thrown.js';
import { UndecodableMessageException } from '../exceptions/undecodable-message.exception.js';
import { whyUndecodable } from '../sdk/index.js';
import { type ContentType, contentTypeOf } from './content-type.js';
import { parseJson } from './parse-json.js';

const UTF8 = new Set([undefined, 'utf-8', 'utf8', 'us-ascii', 'ascii']);
const BYTE_ORDER_MARK = '\ufeff';

/**
 * The payload of a message that was received with `skipParsingBodyAsJson`.
 *
 * The content type decides: JSON becomes its value, other text and XML a string, anything else a Buffer. Without one,
 * what parses as JSON is JSON, because the SDK sends every body so and names no type; other UTF-8 is text. A body with
 * a content encoding (gzip, say) is left to the handler as a Buffer.
 */
export function decode(message: ServiceBusReceivedMessage): unknown {
  checkReadable(message);
  if (isTyped(message)) return message.body;
  const bytes = toBuffer(message.body);
  if (encodingOf(message) !== undefined) return bytes;
  return decodeData(bytes, message.contentType);
}

/** Throws for bytes that are no AMQP message. */
export function checkReadable(message: ServiceBusReceivedMessage): void {
  const why = whyUndecodable(message);
  if (why !== undefined)
    throw new UndecodableMessageException(`it is no AMQP message that can be read: ${why}`);
}

/** [AMQP 3.2.7, 3.2.8] Values and sequences are typed by AMQP itself. */
export function isTyped({ _rawAmqpMessage: { bodyType } }: ServiceBusReceivedMessage): boolean {
  return bodyType === 'value' || bodyType === 'sequence';
}

/** The payload of a message whose handler takes it as it came. */
export function takeUndecoded({ body, _rawAmqpMessage }: ServiceBusReceivedMessage): unknown {
  const isData = _rawAmqpMessage.bodyType === undefined || _rawAmqpMessage.bodyType === 'data';
  return isData ? toBuffer(body) : body;
}

/** The payload of a body by its declared content type. */
export function decodeData(bytes: Buffer, declared: unknown): unknown {
  const { kind, charset } = contentTypeOf(declared);
  if (kind === 'binary') return bytes;
  if (UTF8.has(charset) && !isUtf8(bytes)) {
    // XML says its encoding itself, and of what is not declared nothing is known.
    if (kind === 'guess' || kind === 'xml') return bytes;
    throw new UndecodableMessageException(`the body is ${String(declared)}, and is not valid UTF-8`);
  }
  const text = textOf(bytes, charset);
  return text === undefined ? bytes : decodeText(text, kind, declared);
}

function decodeText(text: string, kind: Exclude<ContentType['kind'], 'binary'>, declared: unknown): unknown {
  if (kind === 'json') return parseDeclaredJson(text, declared);
  if (kind === 'text') return unquote(text);
  if (kind === 'xml') return text;
  return looksLikeJson(text) ? tryParseJson(text) : text;
}

/** Undefined for a charset that is not known: who declares it may know how to read it. */
function textOf(bytes: Buffer, charset: string | undefined): string | undefined {
  const text = UTF8.has(charset) ? bytes.toString('utf8') : fromCharset(bytes, charset);
  return text?.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

function fromCharset(bytes: Buffer, charset: string | undefined): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch (error) {
    if (readField(error, 'code') === 'ERR_ENCODING_NOT_SUPPORTED') return undefined;
    throw new UndecodableMessageException(`the body is not valid ${charset}`);
  }
}

function parseDeclaredJson(text: string, contentType: unknown): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // V8 quotes the text after the cause: bodies stay out of descriptions and logs.
    const cause = error.message.split(/, "|, \.\.\./, 1)[0];
    throw new UndecodableMessageException(
      `the body is ${String(contentType)}, and is not valid JSON: ${cause}`,
    );
  }
}

/** The SDK puts even plain text in JSON quotes. */
function unquote(text: string): string {
  if (!text.startsWith('"')) return text;
  const value = tryParseJson(text);
  return typeof value === 'string' ? value : text;
}

function tryParseJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

/** Saves the exception that JSON.parse throws, and its cost, for plain text. */
function looksLikeJson(text: string): boolean {
  return /^\s*(?:[{["\d-]|true|false|null)/.test(text);
}

/** How a body is encoded (gzip, say), in lower case; undefined for one that is not. */
export function encodingOf(message: ServiceBusReceivedMessage): string | undefined {
  // Read by the fast lane with the rest; the SDK leaves it in the message as it came.
  const encoding: unknown =
    'contentEncoding' in message
      ? message.contentEncoding
      : message._rawAmqpMessage.properties?.contentEncoding;
  if (typeof encoding !== 'string' || encoding === '') return undefined;
  // Some senders declare a charset here; that is no encoding.
  return /^(?:identity|utf-?8|us-ascii)$/i.test(encoding) ? undefined : encoding.trim().toLowerCase();
}

/** The bytes of a body. */
export function toBuffer(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  // [AMQP 3.2.6] a message may carry its data in several sections.
  if (Array.isArray(body)) return Buffer.concat(body.map(toBuffer));
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  return Buffer.alloc(0);
}
