import { decodeBody } from './amqp/decode-body.js';
import { type MessageState } from './model/queue/received-message.js';
import { type PropertyValue } from './model/filter/values/property-value.js';
import { type Queue } from './model/queue/queue.js';

/** A stored message, as tests see it. */
export interface InspectedMessage {
  readonly sequenceNumber: number;
  readonly messageId: string;
  readonly sessionId: string | undefined;
  readonly correlationId: PropertyValue;
  readonly subject: PropertyValue;
  /** The body as the JavaScript SDK returns it: JSON is parsed, other bytes are a Buffer. */
  readonly body: unknown;
  readonly state: MessageState;
  readonly locked: boolean;
  readonly deliveryCount: number;
  readonly enqueuedTime: Date;
  applicationProperty(name: string): PropertyValue;
}

/** Shows the current contents of a queue, a subscription or a dead-letter queue. */
export class EntityInspection {
  readonly #queue: Queue;

  constructor(queue: Queue) {
    this.#queue = queue;
  }

  /** The number of messages by state; locked messages are active. */
  get counts(): { readonly active: number; readonly deferred: number; readonly scheduled: number } {
    return { ...this.#queue.store.counts };
  }

  get lockedCount(): number {
    return this.#queue.locks.size;
  }

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
