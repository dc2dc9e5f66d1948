import { BrokerError } from '../broker-error.js';
import { type QueueContext } from './queue-context.js';

/** Refuses what would make a namespace take more memory than it may. @throws BrokerError resource-limit-exceeded */
export function assertRoom({ memory, maxStoredBytes }: QueueContext, addedBytes: number): void {
  if (addedBytes <= 0 || memory.bytes + addedBytes <= maxStoredBytes) return;
  throw new BrokerError(
    'amqp:resource-limit-exceeded',
    `The namespace is full: it may take ${maxStoredBytes} bytes of memory.`,
  );
}
