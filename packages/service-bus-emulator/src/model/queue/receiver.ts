import { type BrokerError } from '../broker-error.js';
import { type Place } from '../collections/linked-list.js';
import { type Message } from './message.js';
import { type Queue } from './queue.js';
import { type Session } from './session.js';
import { type PendingAccept } from './sessions.js';

/** Whether messages are locked until they are settled, or removed as they are delivered. */
export type ReceiveMode = 'peek-lock' | 'receive-and-delete';

/** Where the effects on a receiver are carried out. The model carries it along and never calls it. */
export interface ReceiverPort {
  deliver(message: Message): void;
  drained(unusedCredit: number): void;
  sessionGranted(session: Session): void;
  detached(error: BrokerError): void;
}

/** One receiving link: where it reads, and how many messages it has asked for. */
export class Receiver {
  credit = 0;
  attached = true;
  /** Its place in its queue's line of receivers with credit. */
  place: Place<Receiver> | undefined;
  /** The session it holds. */
  session: Session | undefined;
  /** Its wait for a session. */
  pendingAccept: PendingAccept | undefined;

  constructor(
    readonly queue: Queue,
    readonly mode: ReceiveMode,
    readonly port: ReceiverPort,
  ) {}
}
