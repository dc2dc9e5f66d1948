import { ValueWriter } from '@nestjs-service-bus/amqp-message';

import { annotationsLength, producerAnnotations, writeAnnotations } from './broker-annotations.js';
import { headerLength, producerFields, writeHeader } from './delivery-header.js';
import { type DeliveryStamp } from './delivery-stamp.js';
import { type EncodedMessage } from '../message/encoded-message.js';

/**
 * Encodes one delivery. Header and message annotations are written anew and repeat the producer's fields and
 * annotations byte for byte; delivery annotations are omitted; everything else is copied unchanged.
 */
export function encodeDelivery(message: EncodedMessage, stamp: DeliveryStamp): Buffer {
  const { bytes, places } = message;
  const fields = producerFields(message);
  const own = producerAnnotations(message);
  const length =
    headerLength(fields, stamp.deliveryCount) + annotationsLength(own, stamp) + bytes.length - places.kept;

  const writer = new ValueWriter(length);
  writeHeader(message, fields, stamp.deliveryCount, writer);
  writeAnnotations(message, own, stamp, writer);
  writer.encoded(bytes, places.kept, bytes.length);
  return writer.written();
}
