import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { guidText, Section } from '@nestjs-service-bus/amqp-message';

import { readHeader } from './decode-message.js';
import { type LinkDelivery } from './link-delivery.js';
import { readAnnotations } from './read-annotations.js';
import { ReceivedMessage } from './received-message.js';
import { ValueReader } from './value-reader.js';

/** A message that neither we nor rhea nor the SDK can read: its body is all of its bytes. */
export class UndecodableMessage extends ReceivedMessage {
  constructor(
    delivery: LinkDelivery,
    bytes: Buffer,
    readonly whyUndecodable: string,
  ) {
    super(Buffer.isBuffer(delivery.tag) ? guidText(delivery.tag) : '', delivery, {
      body: bytes,
      bodyType: 'data',
    });
    this.body = bytes;
  }
}

/** Why a message could not be decoded; undefined for one that could. */
export function whyUndecodable(message: ServiceBusReceivedMessage): string | undefined {
  return message instanceof UndecodableMessage ? message.whyUndecodable : undefined;
}

/**
 * Makes a message of bytes that cannot be decoded, with what the broker says about it, as far as that can be read: its
 * sequence number, its lock, its deliveries.
 */
export function undecodableMessage(
  bytes: Buffer,
  /** Ours, or rhea's own, with the same members. */
  delivery: object,
  cause: unknown,
): UndecodableMessage {
  const why = cause instanceof Error ? cause.message : String(cause);
  const message = new UndecodableMessage(delivery as LinkDelivery, bytes, why);
  try {
    readWhatTheBrokerSays(new ValueReader(bytes), message);
  } catch {
    // It is as unreadable as the rest.
  }
  return message;
}

function readWhatTheBrokerSays(reader: ValueReader, message: ReceivedMessage): void {
  while (!reader.isAtEnd) {
    switch (reader.descriptor()) {
      case Section.header:
        readHeader(reader, message);
        break;
      case Section.deliveryAnnotations:
        reader.pass();
        break;
      case Section.messageAnnotations:
        readAnnotations(reader, message);
        return;
      default:
        return;
    }
  }
}
