import { type ServiceBusContext } from 'nestjs-service-bus';

/** A message as the SDK hands it over. */
export type ReceivedMessage = ServiceBusContext['message'];

/** The bytes of a message's body; undefined for one that AMQP itself has typed (a value, a sequence). */
export function bodyBytes({ _rawAmqpMessage }: ReceivedMessage): Buffer | undefined {
  const { body, bodyType } = _rawAmqpMessage as { body: unknown; bodyType?: string };
  if (bodyType !== undefined && bodyType !== 'data') return undefined;
  // The decoded `body` of a message may be anything; the section that the SDK keeps beside it has the bytes.
  const content = typeof body === 'object' && body !== null && 'content' in body ? body.content : body;
  if (Buffer.isBuffer(content)) return content;
  // [AMQP 3.2.6] the data may come in several sections.
  if (!Array.isArray(content)) return undefined;
  const parts = content.filter((part): part is Buffer => Buffer.isBuffer(part));
  return parts.length === content.length ? Buffer.concat(parts) : undefined;
}
