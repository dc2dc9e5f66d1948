import { BrokerError } from '../broker-error.js';
import { type QueueContext } from './queue-context.js';

// Measured and rounded up: what the model keeps about a thing besides its bytes.
const MESSAGE_OVERHEAD_BYTES = 512;
const SESSION_OVERHEAD_BYTES = 1_024;
const MESSAGE_ID_OVERHEAD_BYTES = 128;

/** The memory that a message of this encoded size takes, in bytes. */
export function messageCost(size: number): number {
  return size + MESSAGE_OVERHEAD_BYTES;
}

/** The memory that a session takes besides its messages, in bytes. */
export function sessionCost({ id, state }: { id: string; state: Uint8Array | undefined }): number {
  return id.length + (state?.length ?? 0) + SESSION_OVERHEAD_BYTES;
}

/** The memory that a remembered message id takes, in bytes. */
export function messageIdCost(messageId: string): number {
  return messageId.length + MESSAGE_ID_OVERHEAD_BYTES;
}

/** Refuses what would exceed a namespace's memory. @throws BrokerError resource-limit-exceeded */
export function assertMemoryFor({ memory, maxStoredBytes }: QueueContext, addedBytes: number): void {
  if (addedBytes <= 0 || memory.bytes + addedBytes <= maxStoredBytes) return;
  throw new BrokerError(
    'amqp:resource-limit-exceeded',
    `The namespace is full: its limit is ${maxStoredBytes} bytes of memory.`,
  );
}
