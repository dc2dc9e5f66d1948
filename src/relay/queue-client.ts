import {
  type LinkHandlers,
  type SettlingReceiver,
  type subscribeWithLinkEvents,
  type Subscription,
} from 'nestjs-service-bus';

/** The part of the SDK's client that a reception uses. */
export interface QueueClient {
  createReceiver(
    queue: string,
    options: { maxAutoLockRenewalDurationInMs: number; skipParsingBodyAsJson: boolean },
  ): SdkReceiver;
}

/** The SDK's receiver, as the library's functions take it. */
type SdkReceiver = Parameters<typeof subscribeWithLinkEvents>[0];

/** Receives the messages of one reception, over a link of its own. */
export interface QueueReader {
  subscribe(
    handlers: LinkHandlers,
    options: { autoCompleteMessages: false; maxConcurrentCalls: number },
  ): Subscription;
  close(): Promise<void>;
}

/** Settles and renews messages, whether their link still exists or not. */
export interface QueueSettler extends SettlingReceiver {
  close(): Promise<void>;
}
