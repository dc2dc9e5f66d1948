import { randomUUID } from 'node:crypto';

import {
  type OutboxMessage,
  type StoredMessage,
  type StoredProperties,
  type StoredValue,
} from './outbox-message.js';

// [Service Bus quotas]
const MAX_MESSAGE_ID_LENGTH = 128;
const MAX_SESSION_ID_LENGTH = 128;
const MAX_ENTITY_LENGTH = 260;
const MAX_KEY_LENGTH = 1_024;
/** [Service Bus] The largest message of any tier; the broker refuses what its entity does not take. */
const MAX_BODY_BYTES = 100 * 1_024 * 1_024;

/** A thousand years: what is added to it is a date still. */
const MAX_DURATION_MS = 31_557_600_000_000;

const HALF_OF_A_PAIR = /\p{Surrogate}/u;
const JSON_TYPE = /^[^;]+[/+]json\s*(?:;.*)?$/i;

const NAMES = new Set<string>([
  'to',
  'connection',
  'payload',
  'orderingKey',
  'messageId',
  'sessionId',
  'partitionKey',
  'subject',
  'correlationId',
  'replyTo',
  'replyToSessionId',
  'contentType',
  'contentEncoding',
  'timeToLiveMs',
  'delayMs',
  'scheduledEnqueueTimeUtc',
  'applicationProperties',
] satisfies (keyof OutboxMessage)[]);

/** A message cannot be added: the broker would never take it, or it has no form in which it could be kept. */
export class InvalidOutboxMessageError extends TypeError {
  override readonly name = 'InvalidOutboxMessageError';
}

/**
 * Checks a message and brings it into the form that is stored; `trace` are properties that carry the caller's trace.
 * Throws an InvalidOutboxMessageError: in the caller's transaction, where it still helps.
 */
export function storeMessage(
  message: OutboxMessage,
  trace: Readonly<Record<string, string>> = {},
  connections: OutboxConnections = ONE_CONNECTION,
): StoredMessage {
  if (typeof message !== 'object' || message === null) fail('it is no object');
  for (const name of Object.keys(message)) {
    if (!NAMES.has(name)) fail(`${name} is no option of a message`);
  }
  text('to', message.to, MAX_ENTITY_LENGTH, 1);
  const connection = connectionOf(message, connections);
  const messageId = message.messageId ?? randomUUID();
  text('messageId', messageId, MAX_MESSAGE_ID_LENGTH, 1);
  const { body, contentType } = storePayload(message);
  const orderingKey = message.orderingKey ?? message.sessionId ?? message.partitionKey;
  if (orderingKey !== undefined) text('orderingKey', orderingKey, MAX_KEY_LENGTH);
  return {
    destination: connection === undefined ? message.to : `${connection}:${message.to}`,
    orderingKey,
    messageId,
    contentType,
    body,
    properties: JSON.stringify(storeProperties(message, trace)),
  };
}

/** The connections that messages may name. */
export interface OutboxConnections {
  readonly names: readonly string[];
  /** Whether there is one without a name; undefined where that is not known. */
  readonly hasDefault: boolean | undefined;
}

const ONE_CONNECTION: OutboxConnections = { names: [], hasDefault: true };

function connectionOf(
  { connection: given }: OutboxMessage,
  { names, hasDefault }: OutboxConnections,
): string | undefined {
  if (given !== undefined) text('connection', given, MAX_KEY_LENGTH, 1);
  const all = names.map((name) => `"${name}"`).join(' and ') || 'none';
  if (given === undefined || given === 'default') {
    if (hasDefault === false) fail(`it names no connection, and each forRoot has a name: there is ${all}`);
    return undefined;
  }
  if (names.includes(given)) return given;
  fail(`its connection is "${given}", and OutboxModule has ${all}: forRoot({ connections: ['${given}'] })`);
}

function storePayload({ payload, contentType }: OutboxMessage): Pick<StoredMessage, 'body' | 'contentType'> {
  if (contentType !== undefined) text('contentType', contentType, MAX_KEY_LENGTH, 1);
  if (payload instanceof Uint8Array) {
    // Copied: the caller may reuse its bytes before the statement is written to the socket.
    const body = Buffer.from(payload);
    return checkSize({ body, contentType: contentType ?? 'application/octet-stream' });
  }
  if (contentType !== undefined && !JSON_TYPE.test(contentType)) {
    fail('contentType is none of JSON, and only a payload of bytes is sent as anything else');
  }
  let json: string | undefined;
  try {
    json = JSON.stringify(payload);
  } catch (error) {
    fail(
      `the payload cannot be put into JSON: ${error instanceof Error ? error.message : String(error)}`,
      error,
    );
  }
  if (json === undefined) fail(`a payload of type ${typeof payload} has no form in JSON`);
  return checkSize({ body: Buffer.from(json), contentType: contentType ?? 'application/json' });
}

function checkSize<Stored extends { readonly body: Buffer }>(stored: Stored): Stored {
  if (stored.body.length > MAX_BODY_BYTES) {
    fail(`the payload has ${stored.body.length} bytes, and Service Bus takes ${MAX_BODY_BYTES} at most`);
  }
  return stored;
}

function storeProperties(message: OutboxMessage, trace: Readonly<Record<string, string>>): StoredProperties {
  const { sessionId, partitionKey, subject, correlationId, replyTo, replyToSessionId } = message;
  const { timeToLiveMs, delayMs, scheduledEnqueueTimeUtc, applicationProperties } = message;
  if (sessionId !== undefined) text('sessionId', sessionId, MAX_SESSION_ID_LENGTH);
  if (partitionKey !== undefined) text('partitionKey', partitionKey, MAX_SESSION_ID_LENGTH);
  // [Service Bus] Both decide on the partition.
  if (sessionId !== undefined && partitionKey !== undefined && sessionId !== partitionKey) {
    fail('sessionId and partitionKey differ: where both are set they must be the same');
  }
  const { contentEncoding } = message;
  if (contentEncoding !== undefined && !(message.payload instanceof Uint8Array)) {
    fail('it has a contentEncoding, and a payload that is no bytes');
  }
  const texts = { subject, correlationId, replyTo, replyToSessionId, contentEncoding };
  for (const [name, value] of Object.entries(texts)) {
    if (value !== undefined) text(name, value, MAX_KEY_LENGTH);
  }
  if (timeToLiveMs !== undefined) duration('timeToLiveMs', timeToLiveMs, 1);
  if (delayMs !== undefined) duration('delayMs', delayMs, 0);
  const application = { ...storeApplicationProperties(applicationProperties), ...trace };
  return {
    ...{ sessionId, partitionKey, ...texts, timeToLiveMs, delayMs },
    scheduledAtMs: scheduledAt(scheduledEnqueueTimeUtc, delayMs),
    application: Object.keys(application).length === 0 ? undefined : application,
  };
}

function scheduledAt(time: Date | undefined, delayMs: number | undefined): number | undefined {
  if (time === undefined) return undefined;
  if (delayMs !== undefined) fail('delayMs and scheduledEnqueueTimeUtc exclude each other');
  const ms: unknown = time instanceof Date ? time.getTime() : undefined;
  if (typeof ms !== 'number' || !(ms >= 0)) fail('scheduledEnqueueTimeUtc is not a valid date');
  return ms;
}

function storeApplicationProperties(
  properties: OutboxMessage['applicationProperties'] = {},
): Record<string, StoredValue> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, value]: [string, unknown]) => {
      if (value === undefined) return [];
      text('the name of a property', name, MAX_KEY_LENGTH, 1);
      return [[name, storeValue(name, value)]];
    }),
  );
}

function storeValue(name: string, value: unknown): StoredValue {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') {
    text(`the property ${name}`, value, MAX_BODY_BYTES);
    return value;
  }
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (value instanceof Date && Number.isFinite(value.getTime())) return { date: value.getTime() };
  fail(
    `the property ${name} is ${typeof value}, allowed are strings, finite numbers, booleans, dates and null`,
  );
}

function text(name: string, value: unknown, maxLength: number, minLength = 0): asserts value is string {
  if (typeof value !== 'string') fail(`${name} is of type ${typeof value}, allowed is a text`);
  if (value.length < minLength || value.length > maxLength) {
    fail(`${name} has ${value.length} characters, allowed are ${minLength} to ${maxLength}`);
  }
  // [PostgreSQL] No text holds a zero, and none is UTF-8 that has half of a surrogate pair.
  if (value.includes('\0') || HALF_OF_A_PAIR.test(value))
    fail(`${name} has characters that no database can keep`);
}

function duration(name: string, value: unknown, min: number): void {
  if (typeof value === 'number' && value >= min && value <= MAX_DURATION_MS) return;
  fail(`${name} is ${String(value)}, allowed is a number of milliseconds from ${min} to ${MAX_DURATION_MS}`);
}

function fail(why: string, cause?: unknown): never {
  throw new InvalidOutboxMessageError(`the message cannot be added to the outbox: ${why}`, { cause });
}
