import { type ServiceBusContext } from 'nestjs-service-bus';

/** A message as the SDK delivers it. */
export type ReceivedMessage = ServiceBusContext['message'];

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
