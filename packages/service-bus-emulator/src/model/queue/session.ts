import { type Timed } from '../collections/deadlines.js';
import { type ReadyMessage, ReadyMessages } from './ready-messages.js';
import { type Receiver } from './receiver.js';

/** A message session: an ordered group of messages that one receiver at a time may hold. */
export class Session<M extends ReadyMessage> implements Timed {
  /** Due when its lock expires. */
  duePosition = -1;
  readonly dueRank = 0;
  /** Its position among the sessions that can be accepted; -1 while it is not one of them. */
  availablePosition = -1;

  readonly ready = new ReadyMessages<M>();
  /** Messages that its holder has received and not settled. */
  readonly locked = new Set<M>();
  lockedBy: Receiver | undefined;
  /** Unix time in milliseconds. */
  lockedUntilMs = 0;
  /** What its users store with it, apart from the messages; undefined if nothing is stored. */
  state: Uint8Array | undefined;
  /** Unix time in milliseconds. */
  stateUpdatedAtMs = 0;
  /** How many of its messages are stored, in whatever state. */
  messageCount = 0;

  constructor(readonly id: string) {}
}
