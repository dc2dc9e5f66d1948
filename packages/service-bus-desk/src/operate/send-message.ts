import { type ServiceBusMessage } from '@azure/service-bus';
import Long from 'long';

import { type Namespace } from '../connection/namespace.js';
import { retrying } from '../sdk/retrying.js';

/** A message to send. Text is sent as its UTF-8 bytes. */
export interface NewMessage {
  /** Is sent as it is. */
  readonly body: string | Uint8Array;
  /** Default: the broker gives it one. */
  readonly messageId?: string | undefined;
  /** An entity with sessions takes no message without. */
  readonly sessionId?: string | undefined;
  /** The label of older SDKs. */
  readonly subject?: string | undefined;
  /** A MIME type. */
  readonly contentType?: string | undefined;
  /** What it belongs to, or answers. */
  readonly correlationId?: string | undefined;
  /** In milliseconds. Default: that of the entity. */
  readonly timeToLiveMs?: number | undefined;
  /** Application properties. */
  readonly properties?: Readonly<Record<string, string | number | boolean | Date>> | undefined;
}

/**
 * Sends a message to a queue or a topic: now, or so that it becomes active at a time. Needs Send.
 *
 * @returns the sequence number of a scheduled message, by which it can be cancelled
 */
export async function sendMessage(
  { client }: Namespace,
  entity: string,
  message: NewMessage,
  at?: Date,
): Promise<bigint | undefined> {
  const sender = client.createSender(entity);
  try {
    if (!at) {
      await retrying(() => sender.sendMessages(sdkMessage(message)));
      return undefined;
    }
    const [sequenceNumber] = await retrying(() => sender.scheduleMessages(sdkMessage(message), at));
    return sequenceNumber && BigInt(sequenceNumber.toString());
  } finally {
    await sender.close();
  }
}

/** Cancels scheduled messages of a queue or a topic, by their sequence numbers. Needs Send. */
export async function cancelScheduled(
  { client }: Namespace,
  entity: string,
  sequenceNumbers: readonly bigint[],
): Promise<void> {
  const sender = client.createSender(entity);
  try {
    const numbers = sequenceNumbers.map((one) => Long.fromString(one.toString()));
    await retrying(() => sender.cancelScheduledMessages(numbers));
  } finally {
    await sender.close();
  }
}

function sdkMessage(message: NewMessage): ServiceBusMessage {
  const { body, timeToLiveMs: timeToLive, properties: applicationProperties, ...others } = message;
  const fields = Object.entries({ ...others, timeToLive, applicationProperties });
  return {
    // The SDK writes a text as JSON, with quotes around it, and bytes as they are.
    body: Buffer.from(body),
    ...Object.fromEntries(fields.filter(([, value]) => value !== undefined)),
  };
}
