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

// The SDK calls them around each of its attempts to open a link. They are no part of the typed interface.
type LinkHandlers = MessageHandlers & { preInitialize(): Promise<void>; postInitialize(): Promise<void> };

/** Replies on a queue that is this client's alone. The SDK opens its link again when it is lost. */
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

  /** Resolves when the link is open; rejects with the first reason why it is not. */
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
    // Without it a receiver that is closed while the connection is down would come back with the connection.
    if (this.subscription) await within(CLOSE_TIMEOUT_MS, this.subscription.close());
    await within(CLOSE_TIMEOUT_MS, this.receiver.close());
  }

  private failed({ error, errorSource }: ProcessErrorArgs): Promise<void> {
    // A reply that could not be completed comes again, and is known then. Closing aborts the SDK's attempts.
    if (errorSource !== 'complete' && error.name !== 'AbortError') this.listener.failing(error);
    return Promise.resolve();
  }
}
