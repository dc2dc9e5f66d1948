import { deleteMessages } from '../../model/queue/queue-operations.js';
import { type ManagementReply, type ManagementRequest, readNumber, readText } from './management-request.js';
import { types } from '../rhea-private.js';

/** Deletes unlocked messages enqueued before a time, the oldest first. */
export function batchDeleteMessages({ address, body, context }: ManagementRequest): ManagementReply {
  const count = readNumber(body['message-count'], 'message-count');
  const before = body['enqueued-time-utc'];
  const deleted = context.broker.command((nowMs) => {
    const { queue } = context.broker.namespace.source(address);
    return deleteMessages(
      queue,
      count,
      before instanceof Date ? before.getTime() : nowMs,
      readText(body, 'session-id'),
    );
  });
  return deleted === 0
    ? { status: 204 }
    : { status: 200, body: { 'message-count': types.wrap_int(deleted) } };
}
