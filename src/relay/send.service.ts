import { randomUUID } from 'node:crypto';

import { BadRequestException, Inject, Injectable } from '@nestjs/common';

import { InjectSender } from 'nestjs-service-bus';
import { answerOf } from './broker-timeout.js';
import { MessageLines } from './message-lines.js';
import { type MessageProperties } from './message-properties.js';
import { RELAY_IN, RELAY_OPTIONS, type RelayOptions } from './relay-options.js';
import { textOfBytes } from './text-of-bytes.js';

interface Sender {
  sendMessages(message: MessageProperties & { body: unknown }): Promise<void>;
}

/** Sends what comes over HTTP to the relay's input queue. */
@Injectable()
export class SendService {
  constructor(
    @InjectSender(RELAY_IN) private readonly sender: Sender,
    @Inject(RELAY_OPTIONS) private readonly options: RelayOptions,
    private readonly lines: MessageLines,
  ) {}

  /**
   * Sends a message, and resolves with its id when the broker has accepted it. After an error it may still have been
   * accepted: if the caller chose the id, duplicate detection makes a retry safe. `sending` gets the send itself,
   * which may go on for longer than the caller waits.
   */
  async send(
    bytes: Buffer,
    properties: MessageProperties,
    sending: (send: Promise<void>) => void = () => undefined,
  ): Promise<string> {
    const body = isBinary(properties.contentType) ? bytes : textOfBytes(bytes);
    if (body === undefined) {
      throw new BadRequestException('the body is not UTF-8; send bytes as application/octet-stream');
    }
    const messageId = properties.messageId ?? randomUUID();
    // No abort signal: a send with one is never batched, and concurrent sends then wait for each other.
    const send = this.sender.sendMessages({ ...properties, messageId, body });
    sending(send);
    await answerOf(send);
    this.lines.sent(this.options.inQueue, messageId, body);
    return messageId;
  }
}

function isBinary(contentType = ''): boolean {
  return contentType.split(';', 1)[0]?.trim().toLowerCase() === 'application/octet-stream';
}
