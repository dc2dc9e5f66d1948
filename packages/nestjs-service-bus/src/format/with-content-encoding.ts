import { type ServiceBusMessage } from '@azure/service-bus';

import { CONTENT_ENCODING } from '../sdk/index.js';

/**
 * Returns the message with a content encoding, which says how its body was compressed: `gzip`. The SDK's own messages have
 * no field for it; injected senders and `ServiceBusSenders` send it.
 */
export function withContentEncoding<Message extends ServiceBusMessage>(
  message: Message,
  contentEncoding: string,
): Message {
  const encoded = { ...message, [CONTENT_ENCODING]: contentEncoding };
  return encoded;
}
