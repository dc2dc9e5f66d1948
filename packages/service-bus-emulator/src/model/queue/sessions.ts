import { Heap } from '../collections/heap.js';
import { sessionCost } from './memory.js';
import { type Message, type MessageSession } from './message.js';
import { type QueueContext } from './queue-context.js';
import { Session } from './session.js';

/** The sessions of one message queue: which exist, and which can be accepted next. */
export class Sessions {
  readonly #byId = new Map<string, MessageSession>();
  readonly #ageOf: (message: Message) => number;
  /** By the age of the first message that each could deliver. */
  readonly #available = new Heap<MessageSession>({
    moved: (session, position) => (session.availablePosition = position),
  });

  constructor(
    readonly context: QueueContext,
    isPartitioned: boolean,
  ) {
    // Sequence numbers of different partitions do not tell which message is older.
    this.#ageOf = isPartitioned
      ? ({ enqueuedTimeMs }) => enqueuedTimeMs
      : ({ sequenceNumber }) => sequenceNumber;
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): MessageSession | undefined {
    return this.#byId.get(id);
  }

  open(id: string): MessageSession {
    let session = this.#byId.get(id);
    if (!session) {
      session = new Session(id);
      this.#byId.set(id, session);
      this.context.memory.add(sessionCost(session));
    }
    return session;
  }

  /** All sessions that have messages or a state, in order of their creation. */
  *all(): Generator<MessageSession, void, undefined> {
    for (const session of this.#byId.values()) {
      if (session.messageCount > 0 || session.state !== undefined) yield session;
    }
  }

  /** Makes a session available if it is free and has something to deliver, else unavailable. */
  offer(session: MessageSession): void {
    const first = session.lockedBy ? undefined : session.ready.peek();
    if (!first) return this.withdraw(session);
    const { availablePosition } = session;
    const age = this.#ageOf(first);
    if (availablePosition === -1) this.#available.push(session, age);
    else if (this.#available.keyAt(availablePosition) !== age) this.#available.update(availablePosition, age);
  }

  withdraw(session: MessageSession): void {
    if (session.availablePosition !== -1) this.#available.deleteAt(session.availablePosition);
  }

  /** Takes the available session with the oldest message. */
  takeAvailable(): MessageSession | undefined {
    return this.#available.pop();
  }

  /** Drops a session that nobody holds and that has no messages and no state: an id used once must cost nothing. */
  forgetIfEmpty(session: MessageSession): void {
    if (session.lockedBy || session.messageCount > 0 || session.state !== undefined) return;
    this.#byId.delete(session.id);
    this.context.memory.add(-sessionCost(session));
  }

  setState(session: MessageSession, updatedAtMs: number, state: Uint8Array | undefined): void {
    this.context.memory.add((state?.length ?? 0) - (session.state?.length ?? 0));
    session.state = state;
    session.stateUpdatedAtMs = updatedAtMs;
  }

  clear(): void {
    for (const session of this.#byId.values()) this.context.memory.add(-sessionCost(session));
    this.#byId.clear();
    this.#available.clear();
  }
}
