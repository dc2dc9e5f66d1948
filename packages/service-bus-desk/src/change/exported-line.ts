import { DeskError } from '../desk-error.js';
import { viewBody } from '../message/body.js';
import { DeskMessage } from '../message/desk-message.js';
import { toJson } from '../message/to-json.js';

/** A message as a line of JSON: `amqp` is all of it, encoded; the rest is for people and their tools. */
export interface ExportedMessage {
  /** The entity that it was dead-lettered from. */
  readonly entity: string;
  /** In decimal digits: JSON has no integers of 64 bits. */
  readonly sequenceNumber: string;
  /** ISO 8601. */
  readonly enqueuedTime?: string;
  /** The id that its sender gave it. */
  readonly messageId?: string;
  /** The session that it belongs to. */
  readonly sessionId?: string;
  /** The label of older SDKs. */
  readonly subject?: string;
  /** A MIME type. */
  readonly contentType?: string;
  /** The dead-letter reason. */
  readonly reason?: string;
  /** The dead-letter description. */
  readonly description?: string;
  /** Application properties; times, bytes and large integers as text. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** The AMQP type of the body. */
  readonly bodyType: string;
  /** JSON, text, or the hexadecimal digits of bytes. */
  readonly body?: unknown;
  /** The encoded message [AMQP 3.2], in Base64. */
  readonly amqp: string;
}

/** Returns everything of a message, for people and for `readExported`. */
export function exportMessage(message: DeskMessage, entity: string): ExportedMessage {
  const { body, messageId, sessionId, subject, contentType } = message;
  const { deadLetterReason: reason, deadLetterDescription: description, enqueuedTime } = message;
  const view = viewBody(body);
  return {
    entity,
    sequenceNumber: String(message.sequenceNumber),
    ...(enqueuedTime && { enqueuedTime: enqueuedTime.toISOString() }),
    ...(messageId !== undefined && { messageId }),
    ...(sessionId !== undefined && { sessionId }),
    ...(subject !== undefined && { subject }),
    ...(contentType !== undefined && { contentType }),
    ...(reason !== undefined && { reason }),
    ...(description !== undefined && { description }),
    properties: Object.fromEntries(
      message.applicationProperties.map(({ name, value }) => [name, toJson(value)]),
    ),
    bodyType: body.type,
    ...(view.form === 'json' && { body: view.json }),
    ...(view.form === 'text' && { body: view.text }),
    ...(view.form === 'hex' && { body: view.hex }),
    amqp: message.bytes.toString('base64'),
  };
}

/**
 * Reads a line that `exportMessage` has made.
 *
 * @throws DeskError if it is none, or was changed by hand: nothing but `amqp` would be sent, and the change be lost
 */
export function readExported(line: string, number: number): { message: DeskMessage; entity: string } {
  const exported = parse(line, number);
  const { entity, amqp } = exported;
  if (typeof entity !== 'string' || typeof amqp !== 'string')
    throw bad(number, 'this is no exported message');
  const message = new DeskMessage(Buffer.from(amqp, 'base64'));
  if (message.problem !== undefined)
    throw bad(number, `the encoded message cannot be read: ${message.problem}`);
  if (JSON.stringify(exportMessage(message, entity)) !== JSON.stringify(exported)) {
    throw bad(
      number,
      'it was changed by hand, which would be lost: import what was exported, and edit when resubmitting',
    );
  }
  return { message, entity };
}

function parse(line: string, number: number): Partial<ExportedMessage> {
  try {
    const value = JSON.parse(line) as unknown;
    if (value instanceof Object) return value;
  } catch {
    // Told below.
  }
  throw bad(number, 'this is no line of JSON');
}

function bad(number: number, what: string): DeskError {
  return new DeskError(`line ${number}: ${what}`, 'bad-input');
}
