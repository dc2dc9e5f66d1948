import {
  annotationsLength,
  deadLetterSourceEntry,
  producerAnnotations,
  writeAnnotations,
} from './broker-annotations.js';
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
  const sourceEntry = deadLetterSourceEntry(stamp);
  const length =
    headerLength(fields, stamp.deliveryCount) +
    annotationsLength(own, stamp, sourceEntry) +
    bytes.length -
    places.kept;

  const delivery = Buffer.allocUnsafe(length);
  const header = writeHeader(delivery, message, fields, stamp.deliveryCount);
  const annotations = writeAnnotations(delivery, message, own, stamp, sourceEntry, header);
  bytes.copy(delivery, annotations, places.kept);
  return delivery;
}
