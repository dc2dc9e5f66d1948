import {
  type MessageHandlers,
  type ProcessErrorArgs,
  type ServiceBusClient,
  type ServiceBusReceiver,
} from '@azure/service-bus';

import { within } from '../time/within.js';
import {
  CLOSE_TIMEOUT_MS,
  REPLY_CREDIT,
  REPLY_RECEIVER_OPTIONS,
  type ReplyListener,
  type ReplySource,
} from './reply-source.js';

// The SDK calls these hooks around each attempt to open a link. Its typed interface does not have them.
type LinkHandlers = MessageHandlers & { preInitialize(): Promise<void>; postInitialize(): Promise<void> };

/** Receives replies on a queue that belongs to this client alone. The SDK reopens a lost link. */
export class ReplyQueue implements ReplySource {
  private readonly receiver: ServiceBusReceiver;
  private subscription?: { close(): Promise<void> };

  constructor(
    client: ServiceBusClient,
    readonly replyTo: string,
    private readonly listener: ReplyListener,
  ) {
    this.receiver = client.createReceiver(replyTo, REPLY_RECEIVER_OPTIONS);
  }

  /** Resolves when the link is open; rejects with the first error. */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      const handlers: LinkHandlers = {
        processMessage: (message) => {
          this.listener.reply(message);
          return Promise.resolve();
        },
        processError: (args) => {
          reject(args.error);
          return this.failed(args);
        },
        preInitialize: () => Promise.resolve(),
        postInitialize: () => {
          resolve();
          this.listener.receiving();
          return Promise.resolve();
        },
      };
      this.subscription = this.receiver.subscribe(handlers, { maxConcurrentCalls: REPLY_CREDIT });
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
