import { BrokerError } from '../broker-error.js';
import { type MessageContent } from '../queue/message-content.js';
import { validateProperties } from '../queue/validate-properties.js';

const MAX_IDENTIFIER_LENGTH = 128;

/**
 * Refuses a message that exceeds the limits of Service Bus.
 * @throws BrokerError argument-error, not-allowed, message-size-exceeded
 */
export function validateMessage(
  content: MessageContent,
  entity: { requiresSession?: boolean; maxMessageSizeInKilobytes: number },
): void {
  const maxSizeBytes = entity.maxMessageSizeInKilobytes * 1024;
  if (content.size > maxSizeBytes) {
    throw new BrokerError(
      'amqp:link:message-size-exceeded',
      `The received message (size ${content.size} bytes) exceeds the limit (${maxSizeBytes} bytes).`,
    );
  }
  validateProperties(content);
  refuseLongIdentifier('MessageId', content.messageId);
  refuseLongIdentifier('SessionId', content.sessionId);
  refuseLongIdentifier('PartitionKey', content.partitionKey);
  // [Service Bus: a session without a name may have any partition key (JavaScript SDK's live suite)]
  const { sessionId = '', partitionKey = sessionId } = content;
  if (sessionId !== '' && partitionKey !== sessionId) {
    throw new BrokerError('amqp:not-allowed', 'The PartitionKey of a message must equal its SessionId.');
  }
  if (entity.requiresSession && content.sessionId === undefined) {
    throw new BrokerError(
      'amqp:not-allowed',
      'The SessionId was not set on a message, and it cannot be sent to the entity. Entities that have session support enabled can only receive messages that have the SessionId set to a valid value.',
    );
  }
}

function refuseLongIdentifier(name: string, value: string | undefined): void {
  if (value !== undefined && value.length > MAX_IDENTIFIER_LENGTH) {
    throw new BrokerError(
      'com.microsoft:argument-error',
      `The ${name} has ${value.length} characters; at most ${MAX_IDENTIFIER_LENGTH} are allowed.`,
    );
  }
}
