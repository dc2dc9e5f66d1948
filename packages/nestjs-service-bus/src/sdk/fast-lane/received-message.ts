import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import type Long from 'long';

import { type LinkDelivery } from './link-delivery.js';

/** A message's `applicationProperties`: the values that AMQP's simple types become. */
export type ApplicationProperties = NonNullable<ServiceBusReceivedMessage['applicationProperties']>;

/**
 * A received message, with the fields that the SDK gives it. All of them exist from the beginning, so that all messages
 * have one hidden class; a field that the message lacks is undefined.
 */
export class ReceivedMessage implements ServiceBusReceivedMessage {
  body: unknown = undefined;
  applicationProperties: ApplicationProperties | undefined = undefined;
  contentType: string | undefined = undefined;
  /** No field of the SDK's: it keeps it in the raw message, which would have to be decoded for it. */
  contentEncoding: string | undefined = undefined;
  sessionId: string | undefined = undefined;
  replyTo: string | undefined = undefined;
  to: string | undefined = undefined;
  subject: string | undefined = undefined;
  messageId: string | number | undefined = undefined;
  correlationId: string | number | undefined = undefined;
  replyToSessionId: string | undefined = undefined;
  partitionKey: string | undefined = undefined;
  scheduledEnqueueTimeUtc: Date | undefined = undefined;
  timeToLive: number | undefined = undefined;
  state: ServiceBusReceivedMessage['state'] = 'active';
  deadLetterSource: string | undefined = undefined;
  deadLetterReason: string | undefined = undefined;
  deadLetterErrorDescription: string | undefined = undefined;
  enqueuedSequenceNumber: number | undefined = undefined;
  sequenceNumber: Long | undefined = undefined;
  enqueuedTimeUtc: Date | undefined = undefined;
  lockedUntilUtc: Date | undefined = undefined;
  expiresAtUtc: Date | undefined = undefined;
  deliveryCount: number | undefined = undefined;

  constructor(
    readonly lockToken: string,
    /** The SDK uses it to settle. */
    readonly delivery: LinkDelivery,
    readonly _rawAmqpMessage: ServiceBusReceivedMessage['_rawAmqpMessage'],
  ) {}
}
