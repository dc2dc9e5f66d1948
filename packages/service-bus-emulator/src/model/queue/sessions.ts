import { type Deadlines, type Timed } from '../collections/deadlines.js';
import { Heap } from '../collections/heap.js';
import { LinkedList, type Place } from '../collections/linked-list.js';
import { type Receiver } from './receiver.js';
import { sessionCost } from './memory-cost.js';
import { type QueueContext } from './queue-context.js';
import { Session } from './session.js';

/** A receiver that waits for any session to become available. */
export class PendingAccept implements Timed {
  duePosition = -1;
  /** What makes a session available at the same time comes first. */
  readonly dueRank = Infinity;
  place: Place<PendingAccept> | undefined;

  constructor(readonly receiver: Receiver) {}
}

/** The sessions of one message queue: which exist, which may be accepted next, and who waits for one. */
export class Sessions {
  readonly #byId = new Map<string, Session>();
  /** By the sequence number of the first message that each could deliver. */
  readonly #available = new Heap<Session>({
    moved: (session, position) => (session.availablePosition = position),
  });
  readonly #pending = new LinkedList<PendingAccept>();

  constructor(
    readonly timers: Deadlines<Timed>,
    readonly context: QueueContext,
  ) {}

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): Session | undefined {
    return this.#byId.get(id);
  }

  open(id: string): Session {
    let session = this.#byId.get(id);
    if (!session) {
      session = new Session(id);
      this.#byId.set(id, session);
      this.context.memory.add(sessionCost(session));
    }
    return session;
  }

  /** All sessions that have messages or a state, in order of their creation. */
  *all(): Generator<Session, void, undefined> {
    for (const session of this.#byId.values()) {
      if (session.messageCount > 0 || session.state !== undefined) yield session;
    }
  }

  /** Puts a session where it belongs among those that may be accepted: free, with something to deliver. */
  offer(session: Session): void {
    const first = session.lockedBy ? undefined : session.ready.peek();
    if (!first) return this.withdraw(session);
    const { availablePosition } = session;
    if (availablePosition === -1) this.#available.push(session, first.sequenceNumber);
    else if (this.#available.keyAt(availablePosition) !== first.sequenceNumber) {
      this.#available.update(availablePosition, first.sequenceNumber);
    }
  }

  withdraw(session: Session): void {
    if (session.availablePosition !== -1) this.#available.deleteAt(session.availablePosition);
  }

  /** Takes the available session with the oldest message. */
  takeAvailable(): Session | undefined {
    return this.#available.pop();
  }

  wait(receiver: Receiver, untilMs: number): void {
    const pending = new PendingAccept(receiver);
    pending.place = this.#pending.push(pending);
    receiver.pendingAccept = pending;
    this.timers.set(pending, untilMs);
  }

  get hasPending(): boolean {
    return this.#pending.size > 0;
  }

  /** Takes the receiver that has waited longest. */
  takePending(): Receiver | undefined {
    const receiver = this.#pending.first?.receiver;
    if (receiver) this.stopWaiting(receiver);
    return receiver;
  }

  stopWaiting(receiver: Receiver): void {
    const pending = receiver.pendingAccept;
    if (!pending) return;
    receiver.pendingAccept = undefined;
    this.timers.delete(pending);
    if (pending.place) this.#pending.delete(pending.place);
  }

  /** Drops what nobody holds and nothing is kept in, so that ids used once cost nothing for ever. */
  forgetIfEmpty(session: Session): void {
    if (session.lockedBy || session.messageCount > 0 || session.state !== undefined) return;
    this.#byId.delete(session.id);
    this.context.memory.add(-sessionCost(session));
  }

  setState(session: Session, updatedAtMs: number, state: Uint8Array | undefined): void {
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
