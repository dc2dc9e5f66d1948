import { type ManagementNode } from '../sdk/management.js';
import { type LockedMessage, type MessageLock } from '../sdk/raw-receiver.js';
import { codeOf, pause } from '../sdk/retrying.js';

/** [Service Bus: a lock lasts 5 s to 5 min] How often locks are renewed, at most and at least. */
const MAX_INTERVAL_MS = 20_000;
const MIN_INTERVAL_MS = 1_500;
const LOOK_EVERY_MS = 500;
/** So many fit into one request. */
const LOCKS_PER_REQUEST = 250;
const GIVE_BACK_AT_ONCE = 250;

interface Held {
  readonly lock: MessageLock;
  readonly intervalMs: number;
  renewAtMs: number;
  lockedUntil: Date | undefined;
}

/**
 * The locks of messages in our hands: renews them in time, and gives the messages back. Of a message that is only held
 * nothing is kept but its lock.
 */
export class HeldLocks {
  private readonly held = new Map<MessageLock, Held>();
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;

  constructor(private readonly node: ManagementNode) {
    this.running = this.run();
  }

  get size(): number {
    return this.held.size;
  }

  hold(
    messages: readonly LockedMessage[],
    lockedUntilOf: (message: LockedMessage) => Date | undefined,
  ): void {
    const nowMs = performance.now();
    for (const message of messages) {
      const { lock } = message;
      const lockedUntil = lockedUntilOf(message);
      const intervalMs = intervalOf(lockedUntil);
      this.held.set(lock, { lock, intervalMs, renewAtMs: nowMs + intervalMs, lockedUntil });
    }
  }

  /** Hands a lock over to somebody else, with its end; undefined for one that was lost. */
  release(lock: MessageLock): { readonly lockedUntil: Date | undefined } | undefined {
    const held = this.held.get(lock);
    this.held.delete(lock);
    return held;
  }

  /** Their locks are not ours to care for any more. */
  forget(locks: readonly MessageLock[]): void {
    for (const lock of locks) this.held.delete(lock);
  }

  /** Gives messages back. What cannot be given back comes back by itself when its lock ends. */
  async giveBack(locks: readonly MessageLock[] = [...this.held.keys()]): Promise<void> {
    for (let at = 0; at < locks.length; at += GIVE_BACK_AT_ONCE) {
      const some = locks.slice(at, at + GIVE_BACK_AT_ONCE);
      // All with the same outcome: in one turn rhea may send the second of two with the first one's.
      await Promise.all(some.map((lock) => lock.abandon().catch(() => undefined)));
      this.forget(some);
    }
  }

  /** Stops renewing. */
  async close(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await pause(LOOK_EVERY_MS, signal);
      const nowMs = performance.now();
      const due = [...this.held.values()].filter(({ renewAtMs }) => renewAtMs <= nowMs);
      for (let at = 0; at < due.length && !signal.aborted; at += LOCKS_PER_REQUEST) {
        await this.renew(due.slice(at, at + LOCKS_PER_REQUEST), signal);
      }
    }
  }

  /** The broker renews all or none: halves find the one that is lost. */
  private async renew(some: readonly Held[], signal: AbortSignal): Promise<void> {
    const present = some.filter(({ lock }) => this.held.has(lock));
    if (present.length === 0) return;
    const nowMs = performance.now();
    try {
      const ends = await this.node.renewLocks(
        present.map(({ lock }) => lock.token),
        signal,
      );
      for (const [index, one] of present.entries()) {
        one.renewAtMs = nowMs + one.intervalMs;
        one.lockedUntil = ends[index];
      }
    } catch (error) {
      const isLost = codeOf(error) === 'MessageLockLost';
      if (isLost && present.length === 1) this.forget(present.map(({ lock }) => lock));
      if (!isLost || present.length === 1 || signal.aborted) return;
      const half = Math.ceil(present.length / 2);
      await this.renew(present.slice(0, half), signal);
      await this.renew(present.slice(half), signal);
    }
  }
}

/** Half of the time that is left, by a clock that may be wrong: never longer than is safe for locks of half a minute. */
function intervalOf(lockedUntil: Date | undefined): number {
  const leftMs = (lockedUntil?.getTime() ?? 0) - Date.now();
  return Math.min(Math.max(leftMs / 2, MIN_INTERVAL_MS), MAX_INTERVAL_MS);
}
