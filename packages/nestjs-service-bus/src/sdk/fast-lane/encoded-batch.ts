import { type ServiceBusMessage, type ServiceBusMessageBatch } from '@azure/service-bus';
import { Section, ValueWriter } from '@nestjs-service-bus/amqp-message';

import { encodeBody, encodeHeader, encodeProperties } from './encode-message.js';
import { isPlainMessage } from './plain-message.js';

/** Of the buffer that a batch begins with. */
const MIN_CAPACITY = 1_024;
const MAX_CAPACITY = 256 * 1_024;
/** Beyond the last batch's size: one more of its messages, if they are small. */
const SPARE = 1 / 16;
/** From this share of a batch on, a message costs too much to be encoded only to find that it does not fit. */
const LARGE_SHARE = 1 / 16;

let lastSize = MIN_CAPACITY;

/**
 * A batch that the SDK's `sendMessages` accepts as one of its own. The SDK's batch encodes each message to a tree of
 * typed values, the tree to bytes, and these to a tree and to bytes once more; this one writes each message once, in
 * its final place.
 *
 * [Service Bus] A batch is a message of its own format: the annotations and properties of its first message, then
 * each message as a piece of data.
 */
export class EncodedBatch implements ServiceBusMessageBatch {
  count = 0;
  /** For the SDK: it has no spans to link, the transport makes its own. */
  readonly _messageSpanContexts = [];
  private readonly writer = new ValueWriter(firstCapacity());
  private envelopeEnd = 0;
  /** Of the message that was added last. */
  private lastBytes = 0;

  constructor(readonly maxSizeInBytes: number) {}

  get sizeInBytes(): number {
    return this.writer.at;
  }

  /**
   * Adds a message. Returns false if the batch would become larger than the broker accepts (of large messages, if one
   * like the last would not fit), or if the message is not plain: send it alone then, and the SDK encodes or refuses it.
   */
  tryAddMessage(message: ServiceBusMessage): boolean {
    const { writer, lastBytes, maxSizeInBytes } = this;
    const before = writer.at;
    if (lastBytes > maxSizeInBytes * LARGE_SHARE && before + lastBytes > maxSizeInBytes) return false;
    let isAdded = false;
    try {
      isAdded = this.write(message);
    } finally {
      // Nothing may remain of a message that throws while it is read.
      if (!isAdded) writer.at = before;
    }
    if (!isAdded) return false;
    this.count++;
    this.lastBytes = writer.at - before;
    return true;
  }

  /** Called by the SDK when it sends. */
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

/** As large as the last batch: growing means copying. */
function firstCapacity(): number {
  return Math.min(Math.max(Math.ceil(lastSize * (1 + SPARE)), MIN_CAPACITY), MAX_CAPACITY);
}
