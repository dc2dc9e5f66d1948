import { Section } from '@nestjs-service-bus/amqp-message';

import { type MessageContent } from '../model/message-content.js';
import { type EncodedMessage } from './codec/encoded-message.js';
import { messages } from './rhea-private.js';

/** A message's body as the JavaScript SDK gives it: JSON is parsed, other bytes are a Buffer. */
export function readBody(content: MessageContent): unknown {
  const { body } = messages.decode((content as EncodedMessage).bytes) as unknown as { body: unknown };
  const { typecode, content: bytes } = (body ?? {}) as { typecode?: number; content?: unknown };
  if (typecode === undefined) return body;
  // Of several data sections rhea makes a list.
  const whole = Array.isArray(bytes) && typecode === Section.data ? Buffer.concat(bytes as Buffer[]) : bytes;
  if (!Buffer.isBuffer(whole)) return whole;
  try {
    return JSON.parse(whole.toString('utf8')) as unknown;
  } catch {
    return whole;
  }
}
