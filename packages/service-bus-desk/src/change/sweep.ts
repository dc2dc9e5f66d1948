import { type Namespace } from '../connection/namespace.js';
import { DeskError } from '../desk-error.js';
import { DeskMessage } from '../message/desk-message.js';
import { ManagementNode } from '../sdk/management.js';
import { type LockedMessage, type MessageLock, RawReceiver } from '../sdk/raw-receiver.js';
import { codeOf, isTransient, pause } from '../sdk/retrying.js';
import { peekMessages } from '../dead-letters/peek-messages.js';
import { HeldLocks } from './held-locks.js';

/** A message that was sought, locked. */
export interface FoundMessage {
  readonly message: DeskMessage;
  readonly lock: MessageLock;
}

/** What is to be done with messages that were found. */
type Work = (found: FoundMessage[]) => Promise<void>;

/** How a sweep goes. */
export interface SweepOptions {
  /** How many messages are in work at a time. */
  readonly batchSize: number;
  /** How many messages that are not sought may be held until those that are have been found. */
  readonly maxHeld: number;
  /** How long to wait for sought messages whose lock somebody else holds, in milliseconds. */
  readonly waitForLocksMs: number;
  /** Those of the sought messages that are known to be deferred: these are received first. */
  readonly deferred?: readonly bigint[] | undefined;
  readonly signal: AbortSignal;
  readonly onHeld?: ((held: number) => void) | undefined;
}

/**
 * A link gives its oldest unsettled message 2,048 places, and then nothing any more: before that the next link
 * takes over.
 */
const MESSAGES_PER_LINK = 1_500;
/** How long to wait for the first message of a batch. */
const FIRST_WAIT_MS = 2_000;
const LOOK_AGAIN_MS = 1_000;
const MAX_EMPTY_TRIES = 5;

/**
 * Finds messages by their sequence numbers in a queue whose broker gives them in its own order only: receives all from
 * the first on, keeps the locks of those that are not sought, and gives these back, at their old places, when all that
 * are sought have been found. Deferred messages it receives by their numbers.
 */
export class Sweep {
  private readonly node: ManagementNode;
  private readonly receivers: RawReceiver[] = [];
  private readonly locks: HeldLocks;

  constructor(
    private readonly namespace: Namespace,
    private readonly path: string,
    /** Sequence numbers; each is taken out when its message is done. */
    private readonly sought: Set<bigint>,
    private readonly options: SweepOptions,
  ) {
    this.node = new ManagementNode(namespace.client, path);
    this.locks = new HeldLocks(this.node);
  }

  /**
   * Calls `work` with the messages as they are found, some at a time. What it does not settle is given back in the end.
   * Resolves when all have been found, or cannot be: those remain in `sought`.
   */
  async run(work: Work): Promise<void> {
    try {
      await this.takeAllDeferred(this.options.deferred ?? [], work);
      await this.receiveAll(work);
    } finally {
      await this.locks.giveBack();
      await this.locks.close();
      await Promise.all(this.receivers.map((one) => one.close().catch(() => undefined)));
    }
  }

  private async receiveAll(work: Work): Promise<void> {
    const { batchSize, signal, waitForLocksMs } = this.options;
    let giveUpAtMs = Infinity;
    while (this.sought.size > 0) {
      signal.throwIfAborted();
      const received = await this.receive(batchSize);
      if (received.length > 0) {
        giveUpAtMs = Infinity;
        await this.sort(received, work);
        continue;
      }
      // Nothing comes: what is still sought is gone, or deferred, or somebody else has its lock, such as a killed run.
      const { size } = this.sought;
      const left = await this.look();
      await this.takeAllDeferred(left.deferred, work);
      giveUpAtMs = Math.min(giveUpAtMs, performance.now() + waitForLocksMs);
      if (!left.isAny || performance.now() >= giveUpAtMs) return;
      if (this.sought.size === size) await pause(LOOK_AGAIN_MS, signal);
    }
  }

  private async sort(received: readonly LockedMessage[], work: Work): Promise<void> {
    const all = received.map(({ bytes, lock }) => ({ message: new DeskMessage(bytes), lock }));
    const until = new Map(all.map(({ message, lock }) => [lock, message.lockedUntil]));
    this.locks.hold(received, ({ lock }) => until.get(lock));
    const found = all.filter(({ message }) => this.sought.has(message.sequenceNumber));
    this.options.onHeld?.(this.locks.size - found.length);
    if (this.locks.size - found.length > this.options.maxHeld) {
      throw new DeskError(
        `more than ${this.options.maxHeld} messages that are not wanted lie before those that are: allow more to be held, or widen the filter`,
        'held-limit',
      );
    }
    if (found.length > 0) await work(found);
  }

  /** Messages that were settled are no longer ours. */
  settled(locks: readonly MessageLock[]): void {
    this.locks.forget(locks);
  }

  /** Hands the lock of a message that was found over; undefined if it is lost. */
  release({ lock }: FoundMessage): { readonly lockedUntil: Date | undefined } | undefined {
    return this.locks.release(lock);
  }

  /** A link that fails is replaced by the next one; what it has brought stays locked. */
  private async receive(count: number): Promise<LockedMessage[]> {
    for (let tries = 1; ; tries++) {
      let receiver = this.receivers.at(-1);
      if (!receiver || receiver.received + count > MESSAGES_PER_LINK) {
        receiver = new RawReceiver(this.namespace.client, this.path);
        this.receivers.push(receiver);
      }
      try {
        return await receiver.receive(count, FIRST_WAIT_MS);
      } catch (error) {
        if (tries === MAX_EMPTY_TRIES || !isTransient(error)) throw error;
        this.receivers.push(new RawReceiver(this.namespace.client, this.path));
        await pause(LOOK_AGAIN_MS, this.options.signal);
      }
    }
  }

  /** Which of the sought messages are still there. */
  private async look(): Promise<{ isAny: boolean; deferred: bigint[] }> {
    const { signal } = this.options;
    const deferred: bigint[] = [];
    let isAny = false;
    for await (const page of peekMessages(this.namespace, this.path, { from: this.first(), signal })) {
      for (const { state, sequenceNumber } of page) {
        if (!this.sought.has(sequenceNumber)) continue;
        isAny = true;
        if (state === 'deferred') deferred.push(sequenceNumber);
      }
    }
    return { isAny, deferred };
  }

  private async takeAllDeferred(deferred: readonly bigint[], work: Work): Promise<void> {
    const { batchSize } = this.options;
    for (let at = 0; at < deferred.length; at += batchSize) {
      await this.takeDeferred(deferred.slice(at, at + batchSize), work);
    }
  }

  private async takeDeferred(sequenceNumbers: readonly bigint[], work: Work): Promise<void> {
    const receiver = this.receivers[0] ?? new RawReceiver(this.namespace.client, this.path);
    if (this.receivers.length === 0) this.receivers.push(receiver);
    try {
      const raw = await this.node.receiveDeferred(sequenceNumbers, this.options.signal);
      const received = raw.map(({ bytes, lockToken }) => ({
        bytes,
        lock: receiver.lockOfDeferred(lockToken ?? Buffer.alloc(16)),
      }));
      await this.sort(received, work);
    } catch (error) {
      if (codeOf(error) !== 'MessageNotFound' && codeOf(error) !== 'MessageLockLost') throw error;
      // All or none: one of them was taken by somebody else meanwhile.
      if (sequenceNumbers.length === 1) return;
      for (const one of sequenceNumbers) await this.takeDeferred([one], work);
    }
  }

  private first(): bigint {
    let first: bigint | undefined;
    for (const one of this.sought) if (first === undefined || one < first) first = one;
    return first ?? 0n;
  }
}
