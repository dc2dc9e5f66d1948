import { expect } from '@jest/globals';

import { type Effect } from '../../../src/model/queue/effect.js';
import { type QueueOptions } from '../../../src/model/entity/entity-description.js';
import { type Journal } from '../../../src/model/entity/journal.js';
import { type Message } from '../../../src/model/queue/message.js';
import { type MessageContent } from '../../../src/model/queue/message-content.js';
import { Namespace } from '../../../src/model/namespace/namespace.js';
import { type Outcome } from '../../../src/model/queue/outcome.js';
import { type Queue } from '../../../src/model/queue/queue.js';
import { type QueueEntity } from '../../../src/model/entity/queue-entity.js';
import { Receiver, type ReceiveMode, type ReceiverPort } from '../../../src/model/queue/receiver.js';
import { TestContent } from './test-content.js';

/** The model never calls a port: tests read its effects. */
const NO_PORT: ReceiverPort = {
  deliver: () => undefined,
  drained: () => undefined,
  sessionGranted: () => undefined,
  detached: () => undefined,
};

/** A namespace whose time is a plain number, with short methods for what tests do and check. */
export class ModelScene {
  readonly namespace: Namespace;
  nowMs = 0;

  constructor(options: { journal?: Journal; maxStoredBytes?: number } = {}) {
    this.namespace = new Namespace({ maxStoredBytes: Infinity, newId: () => 'new-id', ...options });
  }

  queue(name: string, options: Omit<QueueOptions, 'name'> = {}): QueueEntity {
    return this.namespace.createQueue(this.nowMs, { name, ...options });
  }

  source(address: string): Queue {
    return this.namespace.source(address).queue;
  }

  /** Moves on to a time; what becomes due on the way is done at its own time, as with an alarm. */
  advance(toMs: number): void {
    const { namespace } = this;
    while (namespace.nextDeadlineMs < toMs) namespace.advance(Math.max(this.nowMs, namespace.nextDeadlineMs));
    this.nowMs = toMs;
    namespace.advance(toMs);
  }

  /** Sends messages together: each an id, or a whole content. Returns their sequence numbers. */
  send(target: string, ...messages: (string | MessageContent)[]): number[] {
    const contents = messages.map((message) =>
      typeof message === 'string' ? new TestContent({ messageId: message }) : message,
    );
    return this.namespace.target(target).send(this.nowMs, contents);
  }

  receiver(address: string, mode: ReceiveMode = 'peek-lock'): Receiver {
    const receiver = new Receiver(this.source(address), mode, NO_PORT);
    receiver.queue.attach(receiver);
    return receiver;
  }

  /** Attaches a receiver to a session, or to the next one that is available until `untilMs`. */
  session(address: string, sessionId: string | undefined, untilMs = Infinity): Receiver {
    const receiver = this.receiver(address);
    const { sessions } = receiver.queue;
    if (sessionId === undefined) sessions?.acceptNext(this.nowMs, receiver, untilMs);
    else sessions?.accept(this.nowMs, receiver, sessionId);
    return receiver;
  }

  flow(receiver: Receiver, credit: number, drain = false): void {
    receiver.queue.flow(this.nowMs, receiver, credit, drain);
  }

  detach(receiver: Receiver, releaseLocks = false): void {
    receiver.queue.detach(this.nowMs, receiver, releaseLocks);
  }

  /** Gives credit; returns what is delivered to this receiver at once. */
  take(receiver: Receiver, count = 1): Message[] {
    this.effects();
    this.flow(receiver, count);
    return this.effects().flatMap((effect) =>
      effect.type === 'deliver' && effect.receiver === receiver ? [effect.message] : [],
    );
  }

  settle(
    message: Message,
    type: Outcome['type'],
    more: object = {},
    queue: Pick<Queue, 'settle'> = this.#queueOf(message),
  ): void {
    queue.settle(this.nowMs, message.lockId, { type, ...more });
  }

  effects(): Effect[] {
    return this.namespace.takeEffects();
  }

  /** The ids of what has been delivered since the effects were last taken. */
  delivered(): string[] {
    return this.effects().flatMap((effect) =>
      effect.type === 'deliver' ? [effect.message.content.messageId] : [],
    );
  }

  /** The ids of what is stored at an address, by sequence number. */
  stored(address: string): string[] {
    return Array.from(this.source(address).store.from(0), ({ content }) => content.messageId);
  }

  messages(address: string): Message[] {
    return [...this.source(address).store.from(0)];
  }

  #queueOf(message: Message): Pick<Queue, 'settle'> {
    if (!message.lockedBy) throw new Error('The message is not locked by a receiver: name its queue.');
    return message.lockedBy.queue;
  }
}

/** Messages of a session, by their ids. */
export function inSession(sessionId: string, ...messageIds: string[]): TestContent[] {
  return messageIds.map((messageId) => new TestContent({ messageId, sessionId }));
}

/** Matches a BrokerError with this condition and this text in its message. */
export function refusedWith(condition: string, text = ''): ReturnType<typeof expect.objectContaining> {
  return expect.objectContaining({ condition, message: expect.stringContaining(text) });
}
