import { peek } from '../../model/queue/queue-operations.js';
import { peekedBytes } from '../delivery-bytes.js';
import { type ManagementReply, type ManagementRequest, readNumber, readText } from './management-request.js';

// [Service Bus: one peek returns at most this many messages, and no more than fit into a reply]
const MAX_MESSAGES = 250;
const MAX_REPLY_BYTES = 1024 * 1024;

/** Returns messages from a sequence number on, without locking them. */
export function peekMessage({ address, body, context }: ManagementRequest): ManagementReply {
  const from = readNumber(body['from-sequence-number'], 'from-sequence-number');
  const count = Math.min(readNumber(body['message-count'], 'message-count'), MAX_MESSAGES);
  const sessionId = readText(body, 'session-id');
  const options = { showsLocks: context.peeksShowLocks, omitsBody: body['omit-message-body'] === true };
  const messages = context.broker.command(() => {
    const { queue } = context.broker.namespace.source(address);
    return peek(queue, Math.max(0, from), count, sessionId);
  });
  const encoded: { message: Buffer }[] = [];
  let bytes = 0;
  for (const message of messages) {
    const delivery = peekedBytes(message, options);
    bytes += delivery.length;
    if (encoded.length > 0 && bytes > MAX_REPLY_BYTES) break;
    encoded.push({ message: delivery });
  }
  context.credits.spend(encoded.length);
  return encoded.length === 0 ? { status: 204 } : { status: 200, body: { messages: encoded } };
}
