import { type ReceivedMessage } from './received-message.js';

/** The part of the SDK's client that a reception uses. */
export interface QueueClient {
  createReceiver(
    queue: string,
    options: { maxAutoLockRenewalDurationInMs: number; skipParsingBodyAsJson: boolean },
  ): QueueReceiver;
}

/** The part of the SDK's receiver that a reception uses. */
export interface QueueReceiver {
  subscribe(
    handlers: ReceptionHandlers,
    options: { autoCompleteMessages: false; maxConcurrentCalls: number },
  ): { close(): Promise<void> };
  completeMessage(message: ReceivedMessage): Promise<void>;
  abandonMessage(message: ReceivedMessage): Promise<unknown>;
  renewMessageLock(message: ReceivedMessage): Promise<Date>;
  close(): Promise<void>;
}

/** The callbacks of the SDK's receiver. */
export interface ReceptionHandlers {
  processMessage(message: ReceivedMessage): Promise<void>;
  processError(args: { readonly error: Error }): Promise<void>;
  // The SDK calls these two around each attempt to open a link; they are no part of its typed interface.
  preInitialize(): Promise<void>;
  postInitialize(): Promise<void>;
}
