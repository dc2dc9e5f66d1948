import { type ServiceBusReceivedMessage } from '@azure/service-bus';

/** Where the replies of one client arrive. */
export interface ReplySource {
  /** What a request tells its responder. */
  readonly replyTo: string;
  readonly replyToSessionId?: string;
  close(): Promise<void>;
}

/** Who takes the replies, and wants to know whether they can come. */
export interface ReplyListener {
  reply(message: ServiceBusReceivedMessage): void;
  receiving(): void;
  failing(error: Error): void;
}

/** Replies are handed on at once: the credit only bounds how many are on their way. */
export const REPLY_CREDIT = 500;

export const CLOSE_TIMEOUT_MS = 5_000;
