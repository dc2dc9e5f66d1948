import { messageLockLost } from '../../model/broker-error.js';
import { type ConnectionContext } from '../context.js';

/** Reads the ids of the locks that a request names by token. @throws BrokerError message-lock-lost for a foreign token */
export function readLockIds(body: Record<string, unknown>, context: ConnectionContext): number[] {
  const tokens = body['lock-tokens'];
  const list = Array.isArray(tokens) ? tokens : [tokens];
  return list.map((token) => {
    const lockId = Buffer.isBuffer(token) ? context.lockTokens.fromUuid(token) : undefined;
    if (lockId === undefined) throw messageLockLost();
    return lockId;
  });
}
