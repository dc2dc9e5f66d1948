import { type PropertyValue } from '@nestjs-service-bus/rule-filter';

import { decodeBody } from './amqp/decode-body.js';
import { type MessageState } from './model/queue/received-message.js';
import { type Queue } from './model/queue/queue.js';

/** A stored message, as tests see it. */
export interface InspectedMessage {
  /** Its place in the order of the entity. */
  readonly sequenceNumber: number;
  /** As the sender gave it. */
  readonly messageId: string;
  /** Undefined for a message without a session. */
  readonly sessionId: string | undefined;
  /** As the sender gave it. */
  readonly correlationId: PropertyValue;
  /** The label of older SDKs. */
  readonly subject: PropertyValue;
  /** The body as the JavaScript SDK returns it: JSON is parsed, other bytes are a Buffer. */
  readonly body: unknown;
  /** Active, scheduled or deferred. */
  readonly state: MessageState;
  /** True while a receiver holds its lock. */
  readonly locked: boolean;
  /** How many deliveries have ended without its being settled for good. */
  readonly deliveryCount: number;
  /** When the entity took it up. */
  readonly enqueuedTime: Date;
  /** One of the properties that the sender has added; undefined if it has not. */
  applicationProperty(name: string): PropertyValue;
}

/** The number of messages of an entity, by state. */
export interface MessageCounts {
  /** Messages that can be received, and locked ones. */
  readonly active: number;
  /** Messages that only their sequence numbers bring back. */
  readonly deferred: number;
  /** Messages whose time has not come. */
  readonly scheduled: number;
}

/** Shows the current contents of a queue, a subscription or a dead-letter queue. */
export class EntityInspection {
  readonly #queue: Queue;

  /** @internal */
  constructor(queue: Queue) {
    this.#queue = queue;
  }

  /** The number of messages by state; locked messages are active. */
  get counts(): MessageCounts {
    return { ...this.#queue.store.counts };
  }

  /** The number of all messages, in any state: what a test that waits for it should ask for, many messages or few. */
  get messageCount(): number {
    const { active, deferred, scheduled } = this.#queue.store.counts;
    return active + deferred + scheduled;
  }

  /** Messages whose lock a receiver holds. */
  get lockedCount(): number {
    return this.#queue.locks.size;
  }

  /** The ids of sessions that a receiver holds. */
  get heldSessions(): string[] {
    return this.#queue.receivers.heldSessions;
  }

  /** Open links that receive from it. */
  get receiverCount(): number {
    return this.#queue.receivers.size;
  }

  /** Returns all messages in order of their sequence numbers. */
  messages(): InspectedMessage[] {
    return [...this.#queue.store.from(0)].map((message) => ({
      sequenceNumber: message.sequenceNumber,
      messageId: message.content.messageId,
      sessionId: message.content.sessionId,
      correlationId: message.content.systemProperty('CorrelationId'),
      subject: message.content.systemProperty('Label'),
      get body() {
        return decodeBody(message.content);
      },
      state: message.state,
      locked: message.lockId !== 0,
      deliveryCount: message.deliveryCount,
      enqueuedTime: new Date(message.enqueuedTimeMs),
      applicationProperty: (name) => message.content.applicationProperty(name),
    }));
  }
}
