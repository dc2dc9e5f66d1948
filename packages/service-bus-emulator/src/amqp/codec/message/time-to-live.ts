import {
  fieldAt,
  HeaderField,
  PropertyField,
  readValue,
  type SectionPlaces,
  timeField,
} from '@nestjs-service-bus/amqp-message';

const MAX_UINT = 0xffff_ffff;

/**
 * Reads the time to live that the producer set. The header's field ends at 49 days: for longer times clients set it to
 * its maximum and tell the true time by absolute-expiry-time and creation-time.
 */
export function readTimeToLiveMs(bytes: Buffer, places: SectionPlaces): number | undefined {
  const field = fieldAt(bytes, places.header, HeaderField.timeToLive);
  const timeToLiveMs = field === undefined ? undefined : Number(readValue(bytes, field));
  if (timeToLiveMs !== undefined && timeToLiveMs < MAX_UINT) return timeToLiveMs;

  const expiryMs = timeField(bytes, places.properties, PropertyField.absoluteExpiryTime);
  const creationMs = timeField(bytes, places.properties, PropertyField.creationTime);
  if (expiryMs === undefined || creationMs === undefined) return timeToLiveMs;
  return Math.max(timeToLiveMs ?? 0, expiryMs - creationMs);
}
