import { Section } from '@nestjs-service-bus/amqp-message';

import { type MessageContent } from '../model/queue/message-content.js';
import { type EncodedMessage } from './codec/message/encoded-message.js';
import { messages } from './rhea-private.js';

/** Decodes a message's body as the JavaScript SDK does: JSON is parsed, other bytes are a Buffer. */
export function decodeBody(content: MessageContent): unknown {
  const { body } = messages.decode((content as EncodedMessage).bytes) as unknown as { body: unknown };
  const { typecode, content: bytes } = (body ?? {}) as { typecode?: number; content?: unknown };
  if (typecode === undefined) return body;
  // rhea returns several data sections as a list.
  const whole = Array.isArray(bytes) && typecode === Section.data ? Buffer.concat(bytes as Buffer[]) : bytes;
  if (!Buffer.isBuffer(whole)) return whole;
  try {
    return JSON.parse(whole.toString('utf8')) as unknown;
  } catch {
    return whole;
  }
}

/** Decodes the properties that the sender has added. */
export function applicationPropertiesOf(content: MessageContent): Record<string, unknown> {
  const decoded = messages.decode((content as EncodedMessage).bytes) as {
    application_properties?: Record<string, unknown>;
  };
  return decoded.application_properties ?? {};
}
