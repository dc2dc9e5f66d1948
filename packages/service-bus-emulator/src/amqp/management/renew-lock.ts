import { TypeCode } from '@nestjs-service-bus/amqp-message';

import { messageLockLost } from '../../model/broker-error.js';
import { type ManagementReply, type ManagementRequest } from './management-request.js';
import { readLockIds } from './lock-ids.js';
import { types } from '../rhea-private.js';

/** Renews message locks: they last for the entity's lock duration, from now on. */
export function renewLock({ address, body, context }: ManagementRequest): ManagementReply {
  const fault = context.faults.takeRenewalFailure(address);
  if (fault) throw fault;
  const lockIds = readLockIds(body, context);
  const expirations = context.broker.command((nowMs) => {
    const { queue } = context.broker.namespace.source(address);
    // All locks or none: an unknown token must not leave only some of them renewed.
    if (!lockIds.every((lockId) => queue.locks.has(lockId))) throw messageLockLost();
    return lockIds.map((lockId) => queue.renewLock(nowMs, lockId).lockedUntilMs);
  });
  return {
    status: 200,
    body: { expirations: types.wrap_array(expirations.map(Math.trunc), TypeCode.timestamp, undefined) },
  };
}
