import { BrokerError } from '../../model/broker-error.js';
import { type Outcome } from '../../model/queue/outcome.js';
import { assertSessionHeld } from '../../model/queue/queue-operations.js';
import { toPropertyChanges } from '../property-changes.js';
import { readLockIds } from './lock-ids.js';
import { type ManagementReply, type ManagementRequest, readText } from './management-request.js';

/** Settles messages whose link is closed, or that were received by sequence number. */
export function updateDisposition({ address, body, context }: ManagementRequest): ManagementReply {
  const fault = context.faults.takeSettlementFailure(address);
  if (fault) throw fault;
  const outcome = readOutcome(body);
  const lockIds = readLockIds(body, context);
  context.broker.command((nowMs) => {
    const { queue } = context.broker.namespace.source(address);
    assertSessionHeld(queue, readText(body, 'session-id'));
    for (const lockId of lockIds) queue.settle(nowMs, lockId, outcome);
  });
  return { status: 200 };
}

function readOutcome(body: Record<string, unknown>): Outcome {
  const status = readText(body, 'disposition-status');
  const changes = toPropertyChanges(body['properties-to-modify'] as Record<string, unknown> | undefined);
  switch (status) {
    case 'completed':
      return { type: 'complete' };
    case 'abandoned':
      return { type: 'abandon', changes };
    // The protocol's own spelling.
    case 'defered':
      return { type: 'defer', changes };
    case 'suspended':
      return {
        type: 'dead-letter',
        reason: readText(body, 'deadletter-reason'),
        description: readText(body, 'deadletter-description'),
        changes,
      };
    default:
      throw new BrokerError('com.microsoft:argument-error', `Unknown disposition status '${status}'.`);
  }
}
