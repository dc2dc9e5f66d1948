import { ValueWriter } from '@nestjs-service-bus/amqp-message';

import { encodeBody, encodeHeader, encodeProperties } from './encode-message.js';
import { isPlainMessage } from './plain-message.js';

const CAPACITY = 1_024;

/** Encodes a message that travels alone; returns undefined if it is not plain: leave it to the SDK then. */
export function encodeAlone(message: unknown): Buffer | undefined {
  if (!isPlainMessage(message)) return undefined;
  const writer = new ValueWriter(CAPACITY);
  encodeHeader(message, writer);
  encodeProperties(message, writer, message.timeToLive ? Date.now() : 0);
  return encodeBody(message.body, writer) ? writer.written() : undefined;
}
