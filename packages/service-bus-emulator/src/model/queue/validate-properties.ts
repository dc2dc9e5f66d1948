import { BrokerError } from '../broker-error.js';
import { type MessageContent } from './message-content.js';

// [Service Bus quotas: 64 KB for everything before a message's body, 32 KB for one property]
const MAX_HEADER_BYTES = 64 * 1024;
const MAX_PROPERTY_BYTES = 32 * 1024;

/**
 * Refuses a message whose properties are larger than Service Bus allows.
 * @throws BrokerError message-size-exceeded (all of them), internal-error (a single one)
 */
export function validateProperties({ headerSize, largestPropertySize }: MessageContent): void {
  if (headerSize > MAX_HEADER_BYTES) {
    // [rebus-org/Rebus.AzureServiceBus#35: this condition and text]
    throw new BrokerError(
      'amqp:link:message-size-exceeded',
      `A serialization error occurred while processing the message header stream. The size quota for this stream (${MAX_HEADER_BYTES}) has been exceeded.`,
    );
  }
  if (largestPropertySize > MAX_PROPERTY_BYTES) {
    // [Azure/azure-sdk-for-net#15325: the cloud calls it an error of its own; that the size is the reason is added here]
    throw new BrokerError(
      'amqp:internal-error',
      `The service was unable to process the request; please retry the operation. (A property has ${largestPropertySize} bytes; at most ${MAX_PROPERTY_BYTES} are allowed.)`,
    );
  }
}
