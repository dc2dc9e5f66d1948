import { type Refusal, type WaitingMessage } from '../store/outbox-store.js';

/** Learns what a deliverer does, without a say in it. */
export interface DelivererObserver {
  /** The database was asked for messages, and has answered. */
  looked(): void;
  /** The broker has accepted these messages. */
  sent(messages: readonly WaitingMessage[]): void;
  /** The broker takes a message never; it is set aside. */
  refused(refusal: Refusal): void;
  /** A destination takes nothing at the moment; `failures` in a row. */
  unavailable(destination: string, error: unknown, failures: number): void;
  /** Leases have ended while messages were on their way: some are sent twice, and may arrive out of order. */
  lanesLost(count: number): void;
  databaseFailed(error: unknown): void;
  /** The database answers again. */
  databaseAnswers(): void;
  /** Announcements are heard from now on. */
  listening(): void;
  /** No announcements are heard: messages wait for the next poll. */
  deaf(error: unknown): void;
}
