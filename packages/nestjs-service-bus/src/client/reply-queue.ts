import {
  type ProcessErrorArgs,
  type ServiceBusClient,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from '@azure/service-bus';

import { createReceiver, subscribe, type Subscription } from '../sdk/index.js';
import { type BrokerClock } from '../time/broker-clock.js';
import { within } from '../time/within.js';
import { CLOSE_TIMEOUT_MS, REPLY_CREDIT, type ReplyListener, type ReplySource } from './reply-source.js';

/** Receives replies on a queue that belongs to this client alone. The SDK reopens a lost link. */
export class ReplyQueue implements ReplySource {
  private readonly receiver: ServiceBusReceiver;
  private subscription?: Subscription;

  constructor(
    client: ServiceBusClient,
    readonly replyTo: string,
    private readonly listener: ReplyListener,
    private readonly brokerClock: BrokerClock,
  ) {
    this.receiver = createReceiver(client, { entity: replyTo });
  }

  /** Resolves when the link is open; rejects with the first error. */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      const handlers = {
        processMessage: (message: ServiceBusReceivedMessage) => {
          this.brokerClock.heardEnqueued(message.enqueuedTimeUtc);
          this.listener.reply(message);
          return Promise.resolve();
        },
        processError: (args: ProcessErrorArgs) => {
          reject(args.error);
          return this.failed(args);
        },
        linkOpened: () => {
          resolve();
          this.listener.receiving();
        },
      };
      this.subscription = subscribe(this.receiver, handlers, { maxConcurrentCalls: REPLY_CREDIT });
    });
  }

  async close(): Promise<void> {
    // Unsubscribe first: a receiver closed while the connection is down would reopen with the connection.
    if (this.subscription) await within(CLOSE_TIMEOUT_MS, this.subscription.close());
    await within(CLOSE_TIMEOUT_MS, this.receiver.close());
  }

  private failed({ error, errorSource }: ProcessErrorArgs): Promise<void> {
    // A reply that could not be completed is redelivered, and then ignored. Closing aborts the SDK's attempts.
    if (errorSource !== 'complete' && error.name !== 'AbortError') this.listener.failing(error);
    return Promise.resolve();
  }
}
