import { type ServiceBusContext } from 'nestjs-service-bus';

/** A message as the SDK delivers it. */
export type ReceivedMessage = ServiceBusContext['message'];

/** About how many bytes a message takes in an answer: its body, which is most of it. */
export function sizeOf(message: ReceivedMessage): number {
  const bytes = bodyBytes(message);
  if (bytes) return bytes.length;
  return typeof message.body === 'string' ? message.body.length : NOT_MEASURED_BYTES;
}

/** AMQP's own values, which are rare and small. */
const NOT_MEASURED_BYTES = 1_024;

/** Returns the bytes of a message's body; undefined for a body of AMQP's own types (a value, a sequence). */
export function bodyBytes({ _rawAmqpMessage }: ReceivedMessage): Buffer | undefined {
  const { body, bodyType } = _rawAmqpMessage as { body: unknown; bodyType?: string };
  if (bodyType !== undefined && bodyType !== 'data') return undefined;
  // The decoded `body` may be anything; the SDK keeps the raw section with its bytes.
  const content = typeof body === 'object' && body !== null && 'content' in body ? body.content : body;
  if (Buffer.isBuffer(content)) return content;
  // [AMQP 3.2.6] The data may be in several sections.
  if (!Array.isArray(content)) return undefined;
  const parts = content.filter((part): part is Buffer => Buffer.isBuffer(part));
  return parts.length === content.length ? Buffer.concat(parts) : undefined;
}
