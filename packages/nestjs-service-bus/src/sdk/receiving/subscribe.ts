import {
  type MessageHandlers,
  type ProcessErrorArgs,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
  type SubscribeOptions,
} from '@azure/service-bus';

import { knownMisfits } from '../fast-lane/check-shapes.js';

/** Handlers for messages and errors, as the SDK takes them, and for what becomes of the link that they come on. */
export interface LinkHandlers extends MessageHandlers {
  /**
   * The SDK is about to open a link: the first one, another try, or one that replaces a lost link. Messages that came
   * on a lost link are better settled with another receiver. It waits for what this returns.
   */
  linkOpening?(): void | Promise<void>;
  /** The link is open, and its messages can come. */
  linkOpened?(): void;
}

/** A running `subscribe`. */
export interface Subscription {
  /** Takes the credit back; messages that are in hand can still be settled. */
  close(): Promise<void>;
}

// The SDK calls them around each of its attempts to open a link. They are not part of its typed interface.
type SdkHandlers = MessageHandlers & { preInitialize(): Promise<void>; postInitialize(): Promise<void> };

/** A link without an error for so long counts as open, where the SDK does not tell: its tries are up to 3 s apart. */
const ASSUMED_OPEN_MS = 5_000;

/**
 * The SDK's `subscribe`, which also tells when the link opens and when it is opened again. A session's link is open
 * from the beginning and never comes back: there it tells nothing.
 */
export function subscribe(
  receiver: ServiceBusReceiver,
  handlers: LinkHandlers,
  options?: SubscribeOptions,
): Subscription {
  const isOfSession = 'sessionId' in receiver;
  if (!isOfSession && knownMisfits().linkEvents.length > 0) {
    return new GuessedLinkEvents(handlers).subscribe(receiver, options);
  }
  const sdkHandlers: SdkHandlers = {
    processMessage: (message) => handlers.processMessage(message),
    processError: (args) => handlers.processError(args),
    preInitialize: () => Promise.resolve(handlers.linkOpening?.()),
    postInitialize: () => Promise.resolve(handlers.linkOpened?.()),
  };
  return receiver.subscribe(sdkHandlers, options);
}

/** Guesses from messages, errors and time whether the link is open: for a version of the SDK that does not tell. */
class GuessedLinkEvents {
  private isOpen = false;
  private isClosed = false;
  private timer?: NodeJS.Timeout;

  constructor(private readonly handlers: LinkHandlers) {}

  subscribe(receiver: ServiceBusReceiver, options?: SubscribeOptions): Subscription {
    void this.handlers.linkOpening?.();
    this.waitForOpen();
    const subscription = receiver.subscribe(
      {
        processMessage: (message) => this.processMessage(message),
        processError: (args) => this.processError(args),
      },
      options,
    );
    return {
      close: () => {
        this.isClosed = true;
        clearTimeout(this.timer);
        return subscription.close();
      },
    };
  }

  private processMessage(message: ServiceBusReceivedMessage): Promise<void> {
    if (!this.isOpen) this.opened();
    return this.handlers.processMessage(message);
  }

  private async processError(args: ProcessErrorArgs): Promise<void> {
    await this.handlers.processError(args);
    if (args.errorSource !== 'receive' || args.error.name === 'AbortError' || this.isClosed) return;
    // The SDK opens it again.
    if (this.isOpen) {
      this.isOpen = false;
      void this.handlers.linkOpening?.();
    }
    this.waitForOpen();
  }

  private waitForOpen(): void {
    clearTimeout(this.timer);
    if (!this.isClosed) this.timer = setTimeout(() => this.opened(), ASSUMED_OPEN_MS).unref();
  }

  private opened(): void {
    if (this.isClosed) return;
    clearTimeout(this.timer);
    this.isOpen = true;
    this.handlers.linkOpened?.();
  }
}
