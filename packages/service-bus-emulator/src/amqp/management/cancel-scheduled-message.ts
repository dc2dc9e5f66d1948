import { cancelScheduled } from '../../model/queue/queue-operations.js';
import { type ManagementReply, type ManagementRequest, readNumbers } from './management-request.js';

/** Removes scheduled messages before their time: all of those named, or none. */
export function cancelScheduledMessage({ address, body, context }: ManagementRequest): ManagementReply {
  const numbers = readNumbers(body, 'sequence-numbers');
  context.broker.command(() => {
    const entity = context.broker.namespace.target(address);
    cancelScheduled(entity.kind === 'topic' ? entity.scheduled : entity.receivable.main, numbers);
  });
  return { status: 200 };
}
