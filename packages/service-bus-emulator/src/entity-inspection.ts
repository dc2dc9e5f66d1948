import { readBody } from './amqp/read-body.js';
import { type MessageState } from './model/message.js';
import { type PropertyValue } from './model/property-value.js';
import { type Queue } from './model/queue.js';

/** What a test may want to know of a stored message. */
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
  /** As the JavaScript SDK gives it: JSON is parsed, other bytes are a Buffer. */
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

/** How many messages an entity has, by their state. */
export interface MessageCounts {
  /** Those that can be received, and those that are locked. */
  readonly active: number;
  /** Those that only their sequence numbers bring back. */
  readonly deferred: number;
  /** Those whose time has not come. */
  readonly scheduled: number;
}

/** A look into a queue, a subscription or a dead-letter queue, as it is at this moment. */
export class EntityInspection {
  readonly #queue: Queue;

  /** @internal */
  constructor(queue: Queue) {
    this.#queue = queue;
  }

  /** How many messages there are, by state; locked ones are active. */
  get counts(): MessageCounts {
    return { ...this.#queue.store.counts };
  }

  /** Messages whose lock a receiver holds. */
  get lockedCount(): number {
    return this.#queue.locks.size;
  }

  /** Open links that receive from it. */
  get receiverCount(): number {
    return this.#queue.receivers.size;
  }

  /** All messages in order of their sequence numbers. */
  messages(): InspectedMessage[] {
    return [...this.#queue.store.from(0)].map((message) => ({
      sequenceNumber: message.sequenceNumber,
      messageId: message.content.messageId,
      sessionId: message.content.sessionId,
      correlationId: message.content.systemProperty('CorrelationId'),
      subject: message.content.systemProperty('Label'),
      get body() {
        return readBody(message.content);
      },
      state: message.state,
      locked: message.lockId !== 0,
      deliveryCount: message.deliveryCount,
      enqueuedTime: new Date(message.enqueuedTimeMs),
      applicationProperty: (name) => message.content.applicationProperty(name),
    }));
  }
}
