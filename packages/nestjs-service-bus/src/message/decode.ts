import { isUtf8 } from 'node:buffer';

import { type ServiceBusReceivedMessage } from '@azure/service-bus';

import { UndecodableMessageException } from '../exceptions/undecodable-message.exception.js';
import { parseJson } from './parse-json.js';

/**
 * The payload of a message that was received with `skipParsingBodyAsJson`.
 *
 * JSON becomes its value, other text a string, anything else a Buffer. The content type decides where it says
 * something; without one, what parses as JSON is JSON, because the SDK sends every body so and names no type.
 */
export function decode(message: ServiceBusReceivedMessage): unknown {
  const bodyType = message._rawAmqpMessage.bodyType;
  // [AMQP 3.2.7, 3.2.8] values and sequences are typed by AMQP itself.
  if (bodyType === 'value' || bodyType === 'sequence') return message.body;
  return decodeData(toBuffer(message.body), message.contentType);
}

function decodeData(bytes: Buffer, contentType: string | undefined): unknown {
  const kind = kindOf(contentType);
  if (kind === 'binary') return bytes;
  if (!isUtf8(bytes)) {
    if (kind === 'unknown') return bytes;
    throw new UndecodableMessageException(`the body is ${contentType}, and is not valid UTF-8`);
  }
  const text = bytes.toString('utf8');
  if (kind === 'json') return parseDeclaredJson(text, contentType);
  if (kind === 'text') return decodeText(text);
  return looksLikeJson(text) ? tryParseJson(text) : text;
}

function parseDeclaredJson(text: string, contentType: string | undefined): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // V8 quotes the text after the cause: bodies stay out of descriptions and logs.
    const cause = error.message.split(/, "|, \.\.\./, 1)[0];
    throw new UndecodableMessageException(`the body is ${contentType}, and is not valid JSON: ${cause}`);
  }
}

/** The SDK puts even plain text in JSON quotes. */
function decodeText(text: string): string {
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

function kindOf(contentType: string | undefined): 'json' | 'text' | 'binary' | 'unknown' {
  if (contentType === undefined || contentType === '') return 'unknown';
  if (contentType === 'application/json') return 'json';
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/json' || type === 'text/json' || type.endsWith('+json')) return 'json';
  if (type === 'application/octet-stream') return 'binary';
  return type.startsWith('text/') ? 'text' : 'unknown';
}

/** Saves the exception that JSON.parse throws, and its cost, for plain text. */
function looksLikeJson(text: string): boolean {
  return /^\s*(?:[{["\d-]|true|false|null)/.test(text);
}

function toBuffer(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  // [AMQP 3.2.6] a message may carry its data in several sections.
  if (Array.isArray(body)) return Buffer.concat(body.map(toBuffer));
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  return Buffer.alloc(0);
}
