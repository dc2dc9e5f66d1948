import { type ServiceBusReceivedMessage } from '@azure/service-bus';

/** A retry copy has an id of its own (duplicate detection would drop it), and keeps the first one here. */
export const ORIGINAL_MESSAGE_ID = 'original-message-id';

/** The message's id, the same for the original and its retry copies. */
export function messageIdentity(message: ServiceBusReceivedMessage, entityPath: string): string {
  const id = originalId(message) ?? message.messageId;
  // The sequence number is an entity's own: it tells messages without an id apart. An entity that is made anew counts
  // from 1 again: then the time does.
  if (id === undefined || id === null || id === '')
    return `${entityPath}#${message.sequenceNumber?.toString()}@${message.enqueuedTimeUtc?.getTime()}`;
  return Buffer.isBuffer(id) ? id.toString('hex') : String(id);
}

/** The id of the message that this one is a retry copy of; undefined if it is none. */
export function originalId(message: ServiceBusReceivedMessage): string | undefined {
  const id = message.applicationProperties?.[ORIGINAL_MESSAGE_ID];
  return typeof id === 'string' ? id : undefined;
}
