import { type ServiceBusMessage } from '@azure/service-bus';

import { readField } from '../exceptions/read-thrown.js';
import { RetryException } from '../exceptions/retry.exception.js';
import { SerializationError } from '../exceptions/serialization.error.js';
import { CONTENT_ENCODING, type EncodedMessage } from '../sdk/index.js';
import {
  type Compression,
  type OutgoingMessage,
  type PayloadFormat,
  type SerializedPayload,
} from './payload-format.js';

/** What is to be done about a message's payload before it leaves. */
export interface Writing {
  /** Undefined for JSON, and bytes as they are. */
  readonly format: PayloadFormat | undefined;
  readonly compression: Compression | undefined;
  readonly about: Omit<OutgoingMessage, 'message'>;
}

/**
 * Writes the payload of a message, which is its body until then. Rejects with a SerializationError where the payload has
 * no form in the format, and with a RetryException that the format has thrown.
 */
export async function writePayload(
  message: ServiceBusMessage,
  { format, compression, about }: Writing,
): Promise<EncodedMessage> {
  const written = format ? await serialize(message, format, about) : message;
  return compression ? compress(written, compression) : written;
}

async function serialize(
  message: ServiceBusMessage,
  format: PayloadFormat,
  about: Omit<OutgoingMessage, 'message'>,
): Promise<ServiceBusMessage> {
  const { body: payload, ...draft } = message as Omit<ServiceBusMessage, 'body'> & { body: unknown };
  const { body, contentType, applicationProperties } = await run(format.contentType, async () =>
    toSerialized(await format.serialize(payload, { message: draft, ...about }), format),
  );
  const properties = { ...message.applicationProperties, ...applicationProperties };
  return {
    ...message,
    body: typeof body === 'string' ? Buffer.from(body, 'utf8') : body,
    contentType: contentType ?? format.contentType,
    ...(Object.keys(properties).length > 0 && { applicationProperties: properties }),
  };
}

function toSerialized(given: unknown, { contentType }: PayloadFormat): SerializedPayload {
  if (typeof given === 'string' || given instanceof Uint8Array) return { body: given };
  const body = readField(given, 'body');
  if (typeof body === 'string' || body instanceof Uint8Array) return given as SerializedPayload;
  throw new SerializationError(
    contentType,
    `serialize() returned ${given === null ? 'null' : typeof given}, allowed are a string, bytes, or { body }`,
  );
}

async function compress(message: ServiceBusMessage, compression: Compression): Promise<EncodedMessage> {
  const { contentEncoding } = compression;
  const body = toBytes(message.body);
  // The sender says what is wrong with what has no JSON.
  if (!body) return message;
  const smaller: unknown = await run(contentEncoding, async () => compression.compress(body));
  if (smaller === undefined) return message;
  if (smaller instanceof Uint8Array)
    return { ...message, body: smaller, [CONTENT_ENCODING]: contentEncoding };
  throw new SerializationError(contentEncoding, `compress() returned ${typeof smaller}, allowed are bytes`);
}

function toBytes(payload: unknown): Buffer | undefined {
  if (payload instanceof Uint8Array) {
    return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  }
  try {
    const json = JSON.stringify(payload ?? null) as string | undefined;
    return json === undefined ? undefined : Buffer.from(json, 'utf8');
  } catch {
    return undefined;
  }
}

async function run<Result>(contentType: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SerializationError || error instanceof RetryException) throw error;
    throw new SerializationError(contentType, 'the payload could not be written', error);
  }
}
