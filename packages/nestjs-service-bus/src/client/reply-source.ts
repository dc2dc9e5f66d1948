import { type ServiceBusReceivedMessage } from '@azure/service-bus';

/** Where one client's replies arrive. */
export interface ReplySource {
  /** Address for replies, sent with each request. */
  readonly replyTo: string;
  readonly replyToSessionId?: string;
  close(): Promise<void>;
}

/** Takes the replies, and is told whether they can arrive. */
export interface ReplyListener {
  reply(message: ServiceBusReceivedMessage): void;
  receiving(): void;
  failing(error: Error): void;
}

/** Replies are handed on at once: the credit only limits how many are in flight. */
export const REPLY_CREDIT = 500;

export const CLOSE_TIMEOUT_MS = 5_000;
