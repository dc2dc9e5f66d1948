import {
  type AmqpValue,
  Annotation,
  fieldAt,
  HeaderField,
  mapEntries,
  PropertyField,
  readValue,
} from '@nestjs-service-bus/amqp-message';

import { type Body, readBody } from './body.js';
import { readSections, type Sections } from './sections.js';
import { typeName } from './type-name.js';

/** The states of a message, by their numbers on the wire. */
const STATES = ['active', 'deferred', 'scheduled'] as const;

/** Whether a message can be received, only by its sequence number, or later. */
export type MessageState = (typeof STATES)[number];

/** A property that the sender, or whoever dead-lettered the message, has added. */
export interface ApplicationProperty {
  /** Names may differ in case alone. */
  readonly name: string;
  /** Lists are arrays, maps are Maps, integers beyond 2^53 are bigints, times are Dates, bytes are Uint8Arrays. */
  readonly value: AmqpValue;
  /** Its AMQP type: `string`, `long`, `timestamp`. */
  readonly type: string;
}

/** A message as it is on the wire. Everything is read from its bytes when it is asked for, and nothing is lost. */
export class DeskMessage {
  /** Where its parts are. */
  readonly sections: Sections;

  constructor(
    /** The whole message, encoded [AMQP 3.2]. */
    readonly bytes: Buffer,
  ) {
    this.sections = readSections(bytes);
  }

  /** Its place in its entity, which it keeps in the dead-letter queue. -1 where the broker has not said it. */
  get sequenceNumber(): bigint {
    const value = this.annotation(Annotation.sequenceNumber);
    return typeof value === 'number' || typeof value === 'bigint' ? BigInt(value) : -1n;
  }

  /** When the entity took it up; being dead-lettered does not change it. */
  get enqueuedTime(): Date | undefined {
    return dateOf(this.annotation(Annotation.enqueuedTime));
  }

  /** Until when whoever received it may settle it. */
  get lockedUntil(): Date | undefined {
    return dateOf(this.annotation(Annotation.lockedUntil));
  }

  /** When it is to become active. */
  get scheduledEnqueueTime(): Date | undefined {
    return dateOf(this.annotation(Annotation.scheduledEnqueueTime));
  }

  /** Active, deferred or scheduled; active where the broker has not said it. */
  get state(): MessageState {
    return STATES[Number(this.annotation(Annotation.messageState) ?? 0)] ?? 'active';
  }

  /** The entity whose dead-letter queue it was forwarded from. */
  get deadLetterSource(): string | undefined {
    return textOf(this.annotation(Annotation.deadLetterSource));
  }

  /** What keeps messages in one partition, as the sender gave it. */
  get partitionKey(): string | undefined {
    return textOf(this.annotation(Annotation.partitionKey));
  }

  /** How many deliveries have ended without its being settled for good. */
  get deliveryCount(): number {
    return Number(this.field(this.sections.header, HeaderField.deliveryCount) ?? 0);
  }

  /** In milliseconds, as its sender asked for. */
  get timeToLiveMs(): number | undefined {
    const value = this.field(this.sections.header, HeaderField.timeToLive);
    return value === undefined ? undefined : Number(value);
  }

  /** As text, whatever its AMQP type. */
  get messageId(): string | undefined {
    return this.property(PropertyField.messageId);
  }

  /** As text, whatever its AMQP type. */
  get correlationId(): string | undefined {
    return this.property(PropertyField.correlationId);
  }

  /** The label of older SDKs. */
  get subject(): string | undefined {
    return this.property(PropertyField.subject);
  }

  /** A MIME type, as the sender gave it. */
  get contentType(): string | undefined {
    return this.property(PropertyField.contentType);
  }

  /** The session that it belongs to. */
  get sessionId(): string | undefined {
    return this.property(PropertyField.groupId);
  }

  /** Where it is meant to go; no broker looks at it. */
  get to(): string | undefined {
    return this.property(PropertyField.to);
  }

  /** Where replies are to be sent. */
  get replyTo(): string | undefined {
    return this.property(PropertyField.replyTo);
  }

  /** The session of replies. */
  get replyToSessionId(): string | undefined {
    return this.property(PropertyField.replyToGroupId);
  }

  /** Why it was dead-lettered, in a word. */
  get deadLetterReason(): string | undefined {
    return textOf(this.applicationProperty('DeadLetterReason'));
  }

  /** Why it was dead-lettered: what the broker, or who did it, has to say. */
  get deadLetterDescription(): string | undefined {
    return textOf(this.applicationProperty('DeadLetterErrorDescription'));
  }

  /** The handler that failed, where nestjs-service-bus dead-lettered it. */
  get handler(): string | undefined {
    return textOf(this.applicationProperty('dead-letter-handler'));
  }

  /** The attempt after which nestjs-service-bus dead-lettered it. */
  get attempt(): number | undefined {
    const value = this.applicationProperty('dead-letter-attempt');
    return typeof value === 'number' ? value : undefined;
  }

  /** The stack of the error, where nestjs-service-bus dead-lettered it. */
  get stack(): string | undefined {
    return textOf(this.applicationProperty('dead-letter-stack'));
  }

  /** All of them, in their order. */
  get applicationProperties(): ApplicationProperty[] {
    const { bytes, sections } = this;
    return mapEntries(bytes, sections.applicationProperties)
      .filter(({ key }) => key !== undefined)
      .map(({ key, value }) => ({
        name: key ?? '',
        value: readValue(bytes, value),
        type: typeName(bytes, value),
      }));
  }

  /** Returns the value of an application property, undefined where there is none of that name. */
  applicationProperty(name: string): AmqpValue | undefined {
    return this.valueIn(this.sections.applicationProperties, name);
  }

  /** Read anew each time. */
  get body(): Body {
    return readBody(this.bytes, this.sections.body);
  }

  /** What is wrong with its bytes, where something is: the message cannot be copied then. */
  get problem(): string | undefined {
    return this.sections.problem;
  }

  private annotation(name: string): AmqpValue | undefined {
    return this.valueIn(this.sections.messageAnnotations, name);
  }

  private valueIn(map: number, name: string): AmqpValue | undefined {
    const entry = mapEntries(this.bytes, map).find(({ key }) => key === name);
    return entry && readValue(this.bytes, entry.value);
  }

  private property(index: number): string | undefined {
    return textOf(this.field(this.sections.properties, index));
  }

  private field(list: number, index: number): AmqpValue | undefined {
    const at = fieldAt(this.bytes, list, index);
    return at === undefined ? undefined : readValue(this.bytes, at);
  }
}

function textOf(value: AmqpValue | undefined): string | undefined {
  if (value === undefined || value === null || Array.isArray(value) || value instanceof Map) return undefined;
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value);
}

function dateOf(value: AmqpValue | undefined): Date | undefined {
  return value instanceof Date ? value : undefined;
}
