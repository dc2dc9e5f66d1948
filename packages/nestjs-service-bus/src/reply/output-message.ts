import { createHash } from 'node:crypto';

import { type ServiceBusMessage, type ServiceBusReceivedMessage } from '@azure/service-bus';

import { carriedTrace } from '../delivery/trace-context.js';

// Service Bus takes message ids of up to 128 characters.
export const MAX_MESSAGE_ID_LENGTH = 128;

/** A retry copy has an id of its own (duplicate detection would drop it), and keeps the first one here. */
export const ORIGINAL_MESSAGE_ID = 'original-message-id';

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
  const id = `${inputIdentity(input, entityPath)}:${suffix}`;
  return id.length <= MAX_MESSAGE_ID_LENGTH ? id : createHash('sha256').update(id).digest('hex');
}

/** The input's id, the same for the original and its retry copies. */
export function inputIdentity(input: ServiceBusReceivedMessage, entityPath: string): string {
  const id = originalId(input) ?? input.messageId;
  // The sequence number is an entity's own: it tells messages without an id apart. An entity that is made anew counts
  // from 1 again: then the time does.
  if (id === undefined || id === null || id === '')
    return `${entityPath}#${input.sequenceNumber?.toString()}@${input.enqueuedTimeUtc?.getTime()}`;
  return Buffer.isBuffer(id) ? id.toString('hex') : String(id);
}

function originalId(input: ServiceBusReceivedMessage): string | undefined {
  const id = input.applicationProperties?.[ORIGINAL_MESSAGE_ID];
  return typeof id === 'string' ? id : undefined;
}
