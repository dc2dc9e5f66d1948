import { receiveDeferred } from '../../model/queue/queue-operations.js';
import { deliveryBytes } from '../delivery-bytes.js';
import { type ManagementReply, type ManagementRequest, readNumbers, readText } from './management-request.js';
import { types } from '../rhea-private.js';

/** Receives deferred messages by their sequence numbers. */
export function receiveBySequenceNumber({ address, body, context }: ManagementRequest): ManagementReply {
  const numbers = readNumbers(body, 'sequence-numbers');
  const mode = body['receiver-settle-mode'] === 0 ? 'receive-and-delete' : 'peek-lock';
  const messages = context.broker.command((nowMs) => {
    const { queue } = context.broker.namespace.source(address);
    return receiveDeferred(queue, nowMs, numbers, mode, readText(body, 'session-id'));
  });
  context.credits.spend(messages.length);
  return {
    status: 200,
    body: {
      messages: messages.map((message) => {
        const token = context.lockTokens.toUuid(message.lockId);
        const bytes = deliveryBytes(message, message.lockId === 0 ? undefined : token);
        return { 'lock-token': types.wrap_uuid(token), message: bytes };
      }),
    },
  };
}
