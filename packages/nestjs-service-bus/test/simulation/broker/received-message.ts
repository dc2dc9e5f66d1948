import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import Long from 'long';

import { type Message } from '../../../../service-bus-emulator/src/model/queue/message.js';
import { type SimulatedContent } from './simulated-content.js';
import { type SimulatedDelivery } from './simulated-delivery.js';

// [AMQP 3.2.6]
const DATA_SECTION = 0x75;

/** A message's state when it leaves the broker. */
export type Snapshot = Pick<
  Message,
  'sequenceNumber' | 'enqueuedTimeMs' | 'deliveryCount' | 'lockId' | 'lockedUntilMs' | 'state'
> & { readonly content: SimulatedContent };

/** A received message with the SDK's hidden delivery; without a link it is settled through the management node. */
export type SimulatedMessage = ServiceBusReceivedMessage & { readonly delivery: Partial<SimulatedDelivery> };

export function snapshotOf(message: Message): Snapshot {
  const { sequenceNumber, enqueuedTimeMs, deliveryCount, lockId, lockedUntilMs, state } = message;
  const content = message.content as SimulatedContent;
  return { content, sequenceNumber, enqueuedTimeMs, deliveryCount, lockId, lockedUntilMs, state };
}

/** Converts a lock's id to the client's lock token, and back. */
export const lockTokenOf = (lockId: number): string => `lock-${lockId}`;
export const lockIdOf = (message: ServiceBusReceivedMessage): number =>
  Number(message.lockToken?.slice('lock-'.length));

/** A message as a peek shows it. */
export function peekedMessage(snapshot: Snapshot, hidesLocks: boolean): SimulatedMessage {
  return receivedMessage(hidesLocks ? { ...snapshot, lockId: 0 } : snapshot);
}

/** A message as the SDK returns it with `skipParsingBodyAsJson`, reduced to what the runtime uses. */
export function receivedMessage(
  snapshot: Snapshot,
  delivery: Partial<SimulatedDelivery> = {},
): SimulatedMessage {
  const { body, messageId, contentType, correlationId, sessionId, application } = snapshot.content.fields;
  const bytes = Buffer.from(body);
  const applicationProperties = { ...application };
  const id = messageId === '' ? undefined : messageId;
  const message = {
    body: bytes,
    messageId: id,
    contentType,
    correlationId,
    sessionId,
    applicationProperties,
    deliveryCount: snapshot.deliveryCount,
    sequenceNumber: Long.fromNumber(snapshot.sequenceNumber),
    enqueuedTimeUtc: new Date(snapshot.enqueuedTimeMs),
    lockToken: lockTokenOf(snapshot.lockId),
    lockedUntilUtc: snapshot.lockId === 0 ? undefined : new Date(snapshot.lockedUntilMs),
    state: snapshot.state,
    delivery,
    _rawAmqpMessage: {
      body: { typecode: DATA_SECTION, content: bytes },
      bodyType: 'data',
      properties: { messageId: id, contentType, correlationId, groupId: sessionId },
      applicationProperties,
    },
  };
  return message as unknown as SimulatedMessage;
}
