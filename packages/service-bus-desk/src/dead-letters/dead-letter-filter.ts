import { type AmqpValue } from '@nestjs-service-bus/amqp-message';

import { bodyText } from '../message/body.js';
import { type DeskMessage } from '../message/desk-message.js';
import { toJson } from '../message/to-json.js';
import { groupOf } from './dead-letter-group.js';

/** Which dead letters: those for which all of this is true. */
export interface DeadLetterFilter {
  /** The id of a group, or its beginning. */
  readonly group?: string;
  /** The dead-letter reason, whatever the case. */
  readonly reason?: string;
  /** The handler that failed, where nestjs-service-bus dead-lettered it. */
  readonly handler?: string;
  /** Enqueued at this time or later. Service Bus does not say when a message was dead-lettered. */
  readonly since?: Date;
  /** Enqueued before this time. */
  readonly until?: Date;
  /** A message has each of these application properties, with this value as text; undefined: with any. */
  readonly properties?: Readonly<Record<string, string | undefined>>;
  /** In the body, whatever the case. Bodies that are no text have none. */
  readonly text?: string;
  /** The label of older SDKs, exactly. */
  readonly subject?: string;
  /** The session that a message belongs to. */
  readonly sessionId?: string;
  /** The id that its sender gave it. */
  readonly messageId?: string;
  /** One of these. */
  readonly sequenceNumbers?: readonly bigint[];
}

/** Makes one question of a filter. `entity` is where the messages are: groups are told apart by it. */
export function readFilter(filter: DeadLetterFilter, entity: string): (message: DeskMessage) => boolean {
  const tests: ((message: DeskMessage) => boolean)[] = [];
  const { group, reason, handler, since, until, properties, text, subject, sessionId, messageId } = filter;
  if (filter.sequenceNumbers) {
    const wanted = new Set(filter.sequenceNumbers);
    tests.push(({ sequenceNumber }) => wanted.has(sequenceNumber));
  }
  if (messageId !== undefined) tests.push((message) => message.messageId === messageId);
  if (sessionId !== undefined) tests.push((message) => message.sessionId === sessionId);
  if (subject !== undefined) tests.push((message) => message.subject === subject);
  if (since) tests.push(({ enqueuedTime }) => enqueuedTime !== undefined && enqueuedTime >= since);
  if (until) tests.push(({ enqueuedTime }) => enqueuedTime !== undefined && enqueuedTime < until);
  if (handler !== undefined) tests.push((message) => message.handler === handler);
  if (reason !== undefined)
    tests.push(({ deadLetterReason }) => equalsIgnoringCase(deadLetterReason, reason));
  for (const [name, value] of Object.entries(properties ?? {})) {
    tests.push((message) => hasProperty(message.applicationProperty(name), value));
  }
  if (group !== undefined) {
    const id = group.toLowerCase();
    tests.push((message) => groupOf(message, entity).id.startsWith(id));
  }
  if (text !== undefined) {
    const sought = text.toLowerCase();
    tests.push(({ body }) => bodyText(body)?.toLowerCase().includes(sought) === true);
  }
  // The cheap ones come first.
  return (message) => tests.every((test) => test(message));
}

function equalsIgnoringCase(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}

function hasProperty(value: AmqpValue | undefined, sought: string | undefined): boolean {
  if (value === undefined || sought === undefined) return value !== undefined;
  const json = toJson(value);
  return (typeof json === 'string' ? json : JSON.stringify(json)) === sought;
}
