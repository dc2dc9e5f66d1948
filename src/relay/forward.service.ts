import { createHash } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { InjectSender, type ServiceBusContext } from 'nestjs-service-bus';
import { bodyBytes, type ReceivedMessage } from './received-message.js';
import { RELAY_OUT } from './relay-options.js';

interface Sender {
  sendMessages(message: Partial<ReceivedMessage> & { body: unknown }): Promise<void>;
}

const MAX_MESSAGE_ID_LENGTH = 128;

/** Sends messages on to the relay's output queue. */
@Injectable()
export class ForwardService {
  constructor(@InjectSender(RELAY_OUT) private readonly sender: Sender) {}

  /**
   * Forwards a message unchanged: body byte for byte, content type, session and all other properties. Only its id is
   * new, and always the same for one input, so that duplicate detection drops the copy that a redelivery sends.
   */
  async forward({ message, pattern, entityPath }: ServiceBusContext): Promise<void> {
    // A message without an id is identified by its place in the queue.
    const id = message.messageId ?? `${entityPath}#${message.sequenceNumber?.toString()}`;
    const forwarded = `${String(id)}:${pattern}`;
    await this.sender.sendMessages({
      ...message,
      body: bodyBytes(message) ?? message.body,
      messageId: forwarded.length <= MAX_MESSAGE_ID_LENGTH ? forwarded : sha256(forwarded),
      correlationId: message.correlationId ?? message.messageId,
      // It was due before it was received.
      scheduledEnqueueTimeUtc: undefined,
    });
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
