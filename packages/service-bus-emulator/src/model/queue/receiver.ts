import { type BrokerError } from '../broker-error.js';
import { type Timed } from '../collections/deadlines.js';
import { type Place } from '../collections/linked-list.js';
import { type Outcome } from './outcome.js';
import { type ReceivedMessage } from './received-message.js';

/** Whether messages are locked until they are settled, or removed as they are delivered. */
export type ReceiveMode = 'peek-lock' | 'receive-and-delete';

/** A session that a receiver holds. */
export interface HeldSession {
  readonly id: string;
  /** Unix time in milliseconds. */
  readonly lockedUntilMs: number;
}

/** Carries out the effects on a receiver. The model keeps a reference to it and never calls it. */
export interface ReceiverPort {
  deliver(message: ReceivedMessage): void;
  drained(unusedCredit: number): void;
  sessionGranted(session: HeldSession): void;
  detached(error: BrokerError): void;
}

/** What a receiver's link asks of its message queue. */
export interface ReceiverQueue {
  /** Undefined on an entity without sessions. */
  readonly sessions:
    | {
        accept(nowMs: number, receiver: Receiver, sessionId: string): void;
        acceptNext(nowMs: number, receiver: Receiver, untilMs: number): void;
      }
    | undefined;
  attach(receiver: Receiver): void;
  flow(nowMs: number, receiver: Receiver, credit: number, drain: boolean): void;
  detach(nowMs: number, receiver: Receiver, releaseLocks: boolean): void;
  settle(nowMs: number, lockId: number, outcome: Outcome): void;
}

/** One receiving link: the queue that it reads, and how many messages it has asked for. */
export class Receiver implements Timed {
  /** Due when its wait for a session times out. */
  duePosition = -1;
  // If a session becomes available at the very moment of the timeout, the receiver gets it.
  readonly dueRank = Infinity;

  credit = 0;
  attached = true;
  /** Its place in the line of receivers with credit. */
  place: Place<Receiver> | undefined;
  /** Its place among the receivers that wait for a session. */
  waitingPlace: Place<Receiver> | undefined;
  session: HeldSession | undefined;

  constructor(
    readonly queue: ReceiverQueue,
    readonly mode: ReceiveMode,
    readonly port: ReceiverPort,
  ) {}
}
