import { createHash } from 'node:crypto';

import { type ServiceBusMessage, type ServiceBusReceivedMessage } from '@azure/service-bus';

import { messageIdentity, originalId } from '../delivery/message-identity.js';
import { carriedTrace } from '../delivery/trace-context.js';

// Service Bus takes message ids of up to 128 characters.
export const MAX_MESSAGE_ID_LENGTH = 128;

/** The message that carries one result of a handler, for the input it came from. */
export function outputMessage(
  result: unknown,
  input: ServiceBusReceivedMessage,
  entityPath: string,
  pattern: string,
  index: number,
): ServiceBusMessage {
  const isBinary = result instanceof Uint8Array;
  const message: ServiceBusMessage = {
    body: result,
    contentType: isBinary ? 'application/octet-stream' : 'application/json',
    messageId: outputMessageId(input, entityPath, pattern, index),
    correlationId: input.correlationId ?? originalId(input) ?? input.messageId,
  };
  if (input.replyToSessionId !== undefined) message.sessionId = input.replyToSessionId;
  else if (input.sessionId !== undefined) message.sessionId = input.sessionId;
  const trace = carriedTrace(input.applicationProperties);
  if (trace) message.applicationProperties = trace;
  return message;
}

/** The same for every delivery of one input, so that duplicate detection drops what a redelivery sends again. */
export function outputMessageId(
  input: ServiceBusReceivedMessage,
  entityPath: string,
  pattern: string,
  index: number,
): string {
  const suffix = index === 0 ? pattern : `${pattern}:${index}`;
  const id = `${messageIdentity(input, entityPath)}:${suffix}`;
  return id.length <= MAX_MESSAGE_ID_LENGTH ? id : createHash('sha256').update(id).digest('hex');
}
