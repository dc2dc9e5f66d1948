import Long from 'long';

import { annotationAt } from './annotation.js';
import { LAST_EXPIRY_MS, MAX_DURATION_MS } from './lifetime.js';
import { type LinkDelivery } from './link-delivery.js';
import { lockTokenOf } from './lock-token.js';
import { RawMessage } from './raw-message.js';
import { type ApplicationProperties, ReceivedMessage } from './received-message.js';
import { NotPlainError, ValueReader } from './value-reader.js';

// [AMQP 3.2] sections of a message
const HEADER = 0x70;
const DELIVERY_ANNOTATIONS = 0x71;
const MESSAGE_ANNOTATIONS = 0x72;
const PROPERTIES = 0x73;
const APPLICATION_PROPERTIES = 0x74;
const DATA = 0x75;
const FOOTER = 0x78;

const TAG_BYTES = 16;

/**
 * Reads a message as the SDK does it with `skipParsingBodyAsJson` and `skipConvertingDate`, in one pass and a tenth of
 * the time. Undefined when the message is not plain (no body of data, or several; rare types; no AMQP): rhea and the
 * SDK are to read it then, or to refuse it.
 */
export function decodeMessage(bytes: Buffer, delivery: LinkDelivery): ReceivedMessage | undefined {
  const { tag } = delivery;
  if (!Buffer.isBuffer(tag) || tag.length !== TAG_BYTES) return undefined;
  try {
    return readMessage(new ValueReader(bytes), delivery, lockTokenOf(tag));
  } catch (error) {
    // Whatever is wrong with the bytes, it is not for us to say.
    if (error instanceof NotPlainError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function readMessage(
  reader: ValueReader,
  delivery: LinkDelivery,
  lockToken: string,
): ReceivedMessage | undefined {
  const sections = new Sections();
  const body = sections.read(reader);
  if (!body) return undefined;
  const message = new ReceivedMessage(lockToken, delivery, new RawMessage(reader.bytes, body));
  message.body = body;
  sections.fill(message);
  return message;
}

/** Where the sections that make up a message's fields begin; 0 is none, for no section's content begins there. */
class Sections {
  private header = 0;
  private messageAnnotations = 0;
  private properties = 0;
  private applicationProperties = 0;
  private reader!: ValueReader;

  /** Finds the sections, and returns the body; undefined if it is no single piece of data. */
  read(reader: ValueReader): Buffer | undefined {
    this.reader = reader;
    let body: Buffer | undefined;
    while (!reader.isAtEnd) {
      const descriptor = reader.descriptor();
      if (descriptor === DATA) {
        if (body) return undefined;
        body = reader.binary();
        continue;
      }
      const { at } = reader;
      reader.pass();
      switch (descriptor) {
        case HEADER:
          this.header = at;
          break;
        case MESSAGE_ANNOTATIONS:
          this.messageAnnotations = at;
          break;
        case PROPERTIES:
          this.properties = at;
          break;
        case APPLICATION_PROPERTIES:
          this.applicationProperties = at;
          break;
        case DELIVERY_ANNOTATIONS:
        case FOOTER:
          break;
        default:
          return undefined;
      }
    }
    return body;
  }

  fill(message: ReceivedMessage): void {
    const ttl = this.header > 0 ? this.readHeader(message) : undefined;
    if (this.messageAnnotations > 0) this.readAnnotations(message);
    const lifetimeMs = this.properties > 0 ? this.readProperties(message) : undefined;
    if (this.applicationProperties > 0) this.readApplicationProperties(message);
    const timeToLive = lifetimeMs ?? ttl;
    if (timeToLive) message.timeToLive = timeToLive;
    if (!message.enqueuedTimeUtc) return;
    const endMs = message.enqueuedTimeUtc.getTime() + (ttl ?? timeToLive ?? MAX_DURATION_MS);
    message.expiresAtUtc = new Date(Math.min(endMs, MAX_DURATION_MS));
  }

  /** [AMQP 3.2.1] Returns the time to live, in milliseconds. */
  private readHeader(message: ReceivedMessage): number | undefined {
    const { reader } = this;
    reader.at = this.header;
    const count = reader.list();
    if (count > 0) reader.pass();
    if (count > 1) reader.pass();
    const ttl = count > 2 ? reader.number() : undefined;
    if (count > 3) reader.pass();
    if (count > 4) message.deliveryCount = reader.number();
    return ttl;
  }

  private readAnnotations(message: ReceivedMessage): void {
    const { reader } = this;
    reader.at = this.messageAnnotations;
    for (let left = reader.map(); left > 0; left -= 2) {
      if (reader.code() !== 0xa3) throw new NotPlainError('no short symbol');
      const length = reader.code();
      const from = reader.skip(length);
      readAnnotation(reader, annotationAt(reader.bytes, from, length), message);
    }
  }

  /** [AMQP 3.2.4] Returns the time from the message's creation to its expiry, in milliseconds, if both are given. */
  private readProperties(message: ReceivedMessage): number | undefined {
    const { reader } = this;
    reader.at = this.properties;
    const count = reader.list();
    if (count > 0) message.messageId = readId(reader);
    if (count > 1) reader.pass(); // user-id
    if (count > 2) message.to = reader.text();
    if (count > 3) message.subject = reader.text();
    if (count > 4) message.replyTo = reader.text();
    if (count > 5) message.correlationId = readId(reader);
    if (count > 6) message.contentType = reader.text();
    if (count > 7) reader.pass(); // content-encoding
    const expiryMs = count > 8 ? reader.number() : undefined;
    const creationMs = count > 9 ? reader.number() : undefined;
    if (count > 10) message.sessionId = reader.text();
    if (count > 11) reader.pass(); // group-sequence
    if (count > 12) message.replyToSessionId = reader.text();
    if (expiryMs === undefined || creationMs === undefined) return undefined;
    return Math.min(expiryMs, LAST_EXPIRY_MS) - creationMs;
  }

  private readApplicationProperties(message: ReceivedMessage): void {
    const { reader } = this;
    reader.at = this.applicationProperties;
    const properties: ApplicationProperties = {};
    for (let left = reader.map(); left > 0; left -= 2) {
      const name = reader.text();
      // An object has it already, and nobody means it well.
      if (name === undefined || name === '__proto__') throw new NotPlainError('no name of a property');
      properties[name] = reader.value() as ApplicationProperties[string];
    }
    message.applicationProperties = properties;
    message.deadLetterReason = properties['DeadLetterReason'] as string | undefined;
    message.deadLetterErrorDescription = properties['DeadLetterErrorDescription'] as string | undefined;
  }
}

function readAnnotation(
  reader: ValueReader,
  name: ReturnType<typeof annotationAt>,
  message: ReceivedMessage,
): void {
  switch (name) {
    case 'x-opt-sequence-number':
      message.sequenceNumber = readLong(reader);
      break;
    case 'x-opt-enqueued-time':
      message.enqueuedTimeUtc = readTime(reader);
      break;
    case 'x-opt-locked-until':
      message.lockedUntilUtc = readTime(reader);
      break;
    case 'x-opt-scheduled-enqueue-time':
      message.scheduledEnqueueTimeUtc = readTime(reader);
      break;
    case 'x-opt-enqueue-sequence-number':
      message.enqueuedSequenceNumber = reader.number();
      break;
    case 'x-opt-message-state':
      message.state = STATES[reader.number() ?? 0] ?? 'active';
      break;
    case 'x-opt-partition-key':
      message.partitionKey = reader.text();
      break;
    case 'x-opt-deadletter-source':
      message.deadLetterSource = reader.text();
      break;
    case undefined:
      reader.pass();
  }
}

const STATES = ['active', 'deferred', 'scheduled'] as const;

function readLong(reader: ValueReader): Long | undefined {
  const value = reader.number();
  return value === undefined ? undefined : Long.fromNumber(value);
}

function readTime(reader: ValueReader): Date | undefined {
  const timeMs = reader.number();
  return timeMs === undefined ? undefined : new Date(timeMs);
}

/** [AMQP 3.2.11] Ids that are no text are rare, but for numbers. */
function readId(reader: ValueReader): string | number | undefined {
  const code = reader.bytes[reader.at];
  return code === 0xa1 || code === 0xb1 ? reader.text() : reader.number();
}
