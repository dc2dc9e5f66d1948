import { type ServiceBusMessage, type ServiceBusMessageBatch } from '@azure/service-bus';
import { Section, ValueWriter } from '@nestjs-service-bus/amqp-message';

import { encodeBody, encodeHeader, encodeProperties } from './encode-message.js';
import { isPlainMessage } from './plain-message.js';

/** Of the buffer that a batch begins with. */
const MIN_CAPACITY = 1_024;
const MAX_CAPACITY = 64 * 1_024;

let lastSize = MIN_CAPACITY;

/**
 * Messages that travel as one, which the SDK's `sendMessages` takes for a batch of its own. The SDK's encodes each
 * message to a tree of typed values, that to bytes, and these to a tree and to bytes once more; here each message is
 * written once, where it is to be.
 *
 * [Service Bus] A batch is a message of its own format: the annotations and properties of its first message, then
 * each message as a piece of data.
 */
export class EncodedBatch implements ServiceBusMessageBatch {
  count = 0;
  /** For the SDK: the spans of the messages, which are ours to make. */
  readonly _messageSpanContexts = [];
  private readonly writer = new ValueWriter(Math.min(Math.max(lastSize, MIN_CAPACITY), MAX_CAPACITY));
  private envelopeEnd = 0;

  constructor(readonly maxSizeInBytes: number) {}

  get sizeInBytes(): number {
    return this.writer.at;
  }

  /**
   * Adds a message, unless the batch would become larger than the broker takes, or the message is not plain: alone it
   * is the SDK's to encode, or to refuse.
   */
  tryAddMessage(message: ServiceBusMessage): boolean {
    const { writer } = this;
    const before = writer.at;
    let isAdded = false;
    try {
      isAdded = this.write(message);
    } finally {
      // Also of one that throws while it is read, nothing may stay.
      if (!isAdded) writer.at = before;
    }
    if (isAdded) this.count++;
    return isAdded;
  }

  /** For the SDK, when it sends. */
  _generateMessage(): Buffer {
    lastSize = this.writer.at;
    return this.writer.written();
  }

  private write(message: ServiceBusMessage): boolean {
    if (!isPlainMessage(message)) return false;
    const { writer } = this;
    const nowMs = message.timeToLive ? Date.now() : 0;
    const isFirst = this.count === 0;
    if (isFirst) {
      encodeProperties(message, writer, nowMs);
      this.envelopeEnd = writer.at;
    }
    writer.descriptor(Section.data);
    const sizeAt = writer.beginBinary();
    encodeHeader(message, writer);
    if (isFirst) writer.again(0, this.envelopeEnd);
    else encodeProperties(message, writer, nowMs);
    if (!encodeBody(message.body, writer)) return false;
    writer.endBinary(sizeAt);
    return writer.at <= this.maxSizeInBytes;
  }
}
