import {
  Annotation,
  fieldAt,
  locateSections,
  mapEntries,
  PropertyField,
  readPropertyValue,
  readText,
  readTimeMs,
  type SectionPlaces,
  textField,
} from '@nestjs-service-bus/amqp-message';
import {
  type PropertyChanges,
  type PropertyValue,
  type SystemProperty,
} from '@nestjs-service-bus/rule-filter';

import { type MessageContent } from '../../../model/queue/message-content.js';
import { annotationAt } from './annotation.js';
import { changeProperties } from './change-properties.js';
import { checkHeader } from './header.js';
import { checkIdentifier, readIdentifier } from './identifier.js';
import { copyToOwnMemory } from './copy-to-own-memory.js';
import { FIELD_OF } from './property-field.js';
import { readTimeToLiveMs } from './time-to-live.js';

/** In a header below this size no property comes near a limit. */
const SMALL_HEADER_BYTES = 16_384;

/** A message as its producer encoded it, with the few properties by which the broker decides. */
export class EncodedMessage implements MessageContent {
  readonly messageId: string;
  readonly sessionId: string | undefined;
  readonly partitionKey: string | undefined;
  /** The partition key for the entity through which the message is sent, if any. */
  readonly viaPartitionKey: string | undefined;
  readonly timeToLiveMs: number | undefined;
  readonly scheduledEnqueueTimeMs: number | undefined;
  #applicationProperties: Map<string, PropertyValue> | undefined;

  /** A store needs to keep only `bytes`: they yield an equal message. Throws MalformedMessageError. */
  constructor(
    readonly bytes: Buffer,
    readonly places: SectionPlaces = locateSections(bytes),
  ) {
    checkHeader(bytes, places.header);
    for (const field of [PropertyField.messageId, PropertyField.correlationId]) {
      const id = fieldAt(bytes, places.properties, field);
      if (id !== undefined) checkIdentifier(bytes, id);
    }
    const annotations = mapEntries(bytes, places.messageAnnotations);
    const text = (name: string): string | undefined => {
      const at = annotationAt(bytes, annotations, name);
      return at === undefined ? undefined : readText(bytes, at);
    };
    const enqueueTime = annotationAt(bytes, annotations, Annotation.scheduledEnqueueTime);
    this.messageId = this.#identifier(PropertyField.messageId) ?? '';
    this.sessionId = textField(bytes, places.properties, PropertyField.groupId);
    this.partitionKey = text(Annotation.partitionKey);
    this.viaPartitionKey = text(Annotation.viaPartitionKey);
    this.timeToLiveMs = readTimeToLiveMs(bytes, places);
    this.scheduledEnqueueTimeMs = enqueueTime === undefined ? undefined : readTimeMs(bytes, enqueueTime);
  }

  get size(): number {
    return this.bytes.length;
  }

  get headerSize(): number {
    return this.places.body;
  }

  get largestPropertySize(): number {
    // Looked at only where it can matter: hardly any message has so much before its body.
    if (this.places.body < SMALL_HEADER_BYTES) return 0;
    const entries = mapEntries(this.bytes, this.places.applicationProperties);
    return Math.max(0, ...entries.map(({ start, end }) => end - start));
  }

  systemProperty(name: SystemProperty): PropertyValue {
    if (name === 'MessageId') return this.messageId;
    if (name === 'CorrelationId') return this.#identifier(PropertyField.correlationId) ?? null;
    const at = fieldAt(this.bytes, this.places.properties, FIELD_OF[name]);
    return at === undefined ? null : readPropertyValue(this.bytes, at);
  }

  applicationProperty(name: string): PropertyValue {
    this.#applicationProperties ??= this.#readApplicationProperties();
    return this.#applicationProperties.get(name.toLowerCase()) ?? null;
  }

  withProperties(changes: PropertyChanges): EncodedMessage {
    return new EncodedMessage(copyToOwnMemory(changeProperties(this.bytes, this.places, changes)));
  }

  #identifier(field: number): string | undefined {
    const at = fieldAt(this.bytes, this.places.properties, field);
    return at === undefined ? undefined : readIdentifier(this.bytes, at);
  }

  #readApplicationProperties(): Map<string, PropertyValue> {
    const properties = new Map<string, PropertyValue>();
    for (const { key, value } of mapEntries(this.bytes, this.places.applicationProperties)) {
      const name = key?.toLowerCase();
      if (name === undefined || properties.has(name)) continue;
      properties.set(name, readPropertyValue(this.bytes, value));
    }
    return properties;
  }
}
