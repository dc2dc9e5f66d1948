import { Annotation, Section, TypeCode, ValueWriter } from '@nestjs-service-bus/amqp-message';

import { annotationsLength, producerAnnotations, writeAnnotations } from './broker-annotations.js';
import { headerLength, producerFields, writeHeader } from './delivery-header.js';
import { type DeliveryStamp } from './delivery-stamp.js';
import { type EncodedMessage } from '../message/encoded-message.js';

/** How many bytes the section with a lock token takes at most. */
const LOCK_TOKEN_ROOM = 64;

/**
 * Encodes one delivery. Header and message annotations are written anew and repeat the producer's fields and
 * annotations byte for byte; the producer's delivery annotations are omitted; everything else is copied unchanged, up
 * to the body if that is not wanted.
 */
export function encodeDelivery(message: EncodedMessage, stamp: DeliveryStamp, omitsBody = false): Buffer {
  const { bytes, places } = message;
  const end = omitsBody ? places.body : bytes.length;
  const fields = producerFields(message);
  const own = producerAnnotations(message);
  const length =
    headerLength(fields, stamp.deliveryCount) + annotationsLength(own, stamp) + end - places.kept;

  const writer = new ValueWriter(length + (stamp.lockToken ? LOCK_TOKEN_ROOM : 0));
  writeHeader(message, fields, stamp.deliveryCount, writer);
  if (stamp.lockToken) writeLockToken(stamp.lockToken, writer);
  writeAnnotations(message, own, stamp, writer);
  writer.encoded(bytes, places.kept, end);
  return writer.written();
}

/** [AMQP 3.2.2] Writes the lock's token as a delivery annotation: the SDKs for Python and Go look for it there. */
function writeLockToken(token: Buffer, writer: ValueWriter): void {
  writer.descriptor(Section.deliveryAnnotations);
  const map = writer.beginMap();
  writer.symbol(Annotation.lockToken);
  writer.encoded(Buffer.concat([Buffer.of(TypeCode.uuid), token]), 0, 1 + token.length);
  writer.endCompact(map, 2);
}
