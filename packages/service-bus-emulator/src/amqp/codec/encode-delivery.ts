import { ValueWriter } from '@nestjs-service-bus/amqp-message';

import { annotationsLength, producerAnnotations, writeAnnotations } from './broker-annotations.js';
import { headerLength, producerFields, writeHeader } from './delivery-header.js';
import { type DeliveryStamp } from './delivery-stamp.js';
import { type EncodedMessage } from './encoded-message.js';

/**
 * The bytes of one delivery: header and message annotations are made anew (the producer's own header fields and
 * annotations byte-equal in them), delivery annotations are left out, all else is copied as it came.
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
