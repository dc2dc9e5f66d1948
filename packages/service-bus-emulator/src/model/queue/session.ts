import { type Timed } from '../collections/deadlines.js';
import { type Message } from './message.js';
import { ReadyMessages } from './ready-messages.js';
import { type Receiver } from './receiver.js';

/** A message session: an ordered group of messages that one receiver at a time may hold. */
export class Session implements Timed {
  /** Due at the end of the lock while it is held. */
  duePosition = -1;
  readonly dueRank = 0;
  /** Position among the sessions that wait to be accepted; -1 while it is not one of them. */
  availablePosition = -1;

  readonly ready = new ReadyMessages();
  /** Delivered to the holder and not settled yet. */
  readonly locked = new Set<Message>();
  lockedBy: Receiver | undefined;
  lockedUntilMs = 0;
  /** Set by its user, kept apart from the messages; undefined while there is none. */
  state: Uint8Array | undefined;
  stateUpdatedAtMs = 0;
  /** Messages of the session that are stored, in whatever state. */
  messageCount = 0;

  constructor(readonly id: string) {}
}
