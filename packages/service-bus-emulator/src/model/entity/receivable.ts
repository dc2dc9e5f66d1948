import { type SubQueue } from './address.js';
import { type EntityHost } from './entity-host.js';
import { BrokerError, entityNotFound } from '../broker-error.js';
import { deadLetterContent } from '../queue/dead-letter-content.js';
import { deadLetterSettings, mainSettings, type ReceivableDescription } from './receivable-settings.js';
import { type Arrival, type Destination } from '../queue/arrival.js';
import { Queue } from '../queue/queue.js';
import { ReceiverCount } from '../queue/receiver-count.js';
import { type QueueContext } from '../queue/queue-context.js';
import { type StorageMeter } from '../queue/storage-meter.js';

// [Service Bus: a chain of forwards may have four hops]
const MAX_HOPS = 4;

/** What queues and subscriptions have in common: messages, dead letters, and the forwarding of both. */
export class Receivable implements Destination {
  readonly main: Queue;
  readonly deadLetters: Queue;
  readonly transferDeadLetters: Queue;
  #description: ReceivableDescription;
  readonly #host: Pick<EntityHost, 'forward'>;

  constructor(
    readonly address: string,
    description: ReceivableDescription,
    context: QueueContext,
    host: Pick<EntityHost, 'forward'>,
    meter: StorageMeter,
    receiverCount = new ReceiverCount(),
  ) {
    this.#description = description;
    this.#host = host;
    const queue = (subQueue: string, settings: Queue['settings']): Queue =>
      new Queue(`${address}${subQueue}`, settings, context, meter, receiverCount);
    this.main = queue('', mainSettings(description));
    this.deadLetters = queue('/$DeadLetterQueue', deadLetterSettings(description));
    this.transferDeadLetters = queue('/$Transfer/$DeadLetterQueue', deadLetterSettings(description));
    this.main.deadLetterTo = { accept: (nowMs, arrival) => this.#deadLetter(nowMs, arrival) };
    this.#setForwarding();
  }

  get queues(): readonly Queue[] {
    return [this.main, this.deadLetters, this.transferDeadLetters];
  }

  queue(subQueue: SubQueue): Queue {
    if (subQueue === 'dead-letter') return this.deadLetters;
    return subQueue === 'transfer-dead-letter' ? this.transferDeadLetters : this.main;
  }

  /** Unix time in milliseconds of the last use by a receiver; `nowMs` while a receiver is attached. */
  usedAtMs(nowMs: number): number {
    if (this.queues.some(({ receivers }) => receivers.size > 0)) return nowMs;
    return Math.max(...this.queues.map(({ receivers }) => receivers.usedAtMs));
  }

  configure(nowMs: number, description: ReceivableDescription): void {
    this.#description = description;
    this.#setForwarding();
    this.main.configure(nowMs, mainSettings(description));
    for (const queue of [this.deadLetters, this.transferDeadLetters]) {
      queue.configure(nowMs, deadLetterSettings(description));
    }
  }

  /** Stores or forwards a message; returns its sequence number here. */
  accept(nowMs: number, arrival: Arrival): number {
    return this.main.accept(nowMs, arrival);
  }

  /** After a restart: forwards messages that stayed here because they were locked when the broker stopped. */
  forwardWaiting(nowMs: number): void {
    this.main.configure(nowMs, this.main.settings);
  }

  close(): void {
    for (const queue of this.queues) queue.close(entityNotFound(this.address));
  }

  #setForwarding(): void {
    const { forwardTo } = this.#description;
    this.main.forwardTo =
      forwardTo === undefined
        ? undefined
        : { accept: (nowMs, arrival) => this.#forward(nowMs, forwardTo, arrival) };
  }

  #forward(nowMs: number, target: string, arrival: Arrival): void {
    const { hops = 0 } = arrival;
    try {
      if (hops >= MAX_HOPS) {
        throw new BrokerError(
          'amqp:not-allowed',
          `The message has been forwarded ${MAX_HOPS} times already.`,
        );
      }
      this.#host.forward(nowMs, target, forwarded(arrival));
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
      const reason = hops >= MAX_HOPS ? 'MaxTransferHopCountExceeded' : error.condition;
      const content = deadLetterContent(arrival.content, reason, error.message);
      this.transferDeadLetters.accept(nowMs, { ...arrival, content });
    }
  }

  #deadLetter(nowMs: number, arrival: Arrival): void {
    const { forwardDeadLetteredMessagesTo: target } = this.#description;
    const { hops = 0 } = arrival;
    if (target !== undefined && hops < MAX_HOPS) {
      try {
        const deadLetter = { ...forwarded(arrival), deadLetterSource: this.address };
        return this.#host.forward(nowMs, target, deadLetter);
      } catch (error) {
        // A dead letter that cannot be forwarded stays in this entity's dead-letter queue.
        if (!(error instanceof BrokerError)) throw error;
      }
    }
    this.deadLetters.accept(nowMs, arrival);
  }
}

/** Returns what the next entity receives, without what applies only within this one. */
function forwarded(arrival: Arrival): Arrival {
  const { content, enqueuedSequenceNumber, deadLetterSource, wasScheduled = false, hops = 0 } = arrival;
  return { content, enqueuedSequenceNumber, deadLetterSource, wasScheduled, hops: hops + 1 };
}
