import { type ServiceBusMessageBatch } from '@azure/service-bus';

import { isInstrumented } from '../quiet-tracing.js';
import { EncodedBatch } from './encoded-batch.js';

/**
 * A batch of ours in the place of one that the SDK has made, of the same size; the SDK's own where it is not the SDK
 * that we know, or where somebody traces it: then each message gets a span from it.
 */
export function openBatch(batch: ServiceBusMessageBatch): ServiceBusMessageBatch {
  const isKnown = typeof (batch as { _generateMessage?: unknown })._generateMessage === 'function';
  return isKnown && !isInstrumented() ? new EncodedBatch(batch.maxSizeInBytes) : batch;
}
