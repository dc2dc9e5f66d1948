import { type Clock } from '../../time/clock.js';
import { type WatchdogPolicy } from '../../binding/watchdog-policy.js';

/** A binding's receiver, as its watchdog sees it. */
export interface Watched {
  /** Messages that have come so far. */
  readonly arrivals: number;
  /** Nothing is to be expected: no room, a pause, a drain, or an error that is known. */
  readonly isOccupied: boolean;
  /** On our clock: since when a link is being opened, and nothing was heard of it. */
  readonly openingSinceMs: number | undefined;
  /** Names messages that wait at the broker and are in nobody's hands; rejects if there is no answer. */
  peek(): Promise<ReadonlySet<string>>;
  /** Goes on with a fresh link. */
  recycle(): void;
  /** Goes on with a fresh client, and so with another connection. */
  replaceClient(): void;
  /** The watchdog has acted, for this reason, or found everything well again. */
  changed(cause: string | undefined): void;
}

/** `degraded` while a fresh link or client is to help; `down` when they did not. */
export type WatchdogState = 'well' | 'degraded' | 'down';

const LOOKS_PER_SILENCE = 8;
const MIN_LOOK_MS = 20;
const MAX_LOOK_MS = 1_000;
/** A link that opens, or is refused, tells within this time; fetching a token can take some seconds. */
const OPENING_MS = 10_000;
const MAX_PATIENCE = 10;

/**
 * Notices a receiver that has fallen silent although messages wait for it: a link that claims to be open, a token
 * that nobody renews, a client that is stuck. It gets a fresh link first, and a fresh client if that is no help.
 *
 * Messages may wait because others hold them, which a look at the broker does not always tell. So it takes two
 * looks to suspect the link, and the same messages in the next one to go further. One timer serves a binding.
 */
export class Watchdog {
  private readonly timer: NodeJS.Timeout;
  private readonly lookEveryMs: number;
  private steps = 0;
  private arrivals = 0;
  private quietSinceMs: number;
  /** What the last look found waiting. */
  private waiting: ReadonlySet<string> = new Set();
  private peekAtMs = Infinity;
  private isPeeking = false;
  /** The last step was taken because a link did not open. */
  private wasOpening = false;
  private isClosed = false;

  constructor(
    private readonly policy: WatchdogPolicy,
    private readonly watched: Watched,
    private readonly clock: Clock,
  ) {
    this.lookEveryMs = Math.min(Math.max(policy.silenceMs / LOOKS_PER_SILENCE, MIN_LOOK_MS), MAX_LOOK_MS);
    this.quietSinceMs = clock.now();
    this.plan();
    this.timer = setInterval(() => void this.look(), this.lookEveryMs);
    this.timer.unref();
  }

  get state(): WatchdogState {
    if (this.steps === 0) return 'well';
    return this.steps < 3 ? 'degraded' : 'down';
  }

  close(): void {
    this.isClosed = true;
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    const { watched } = this;
    const nowMs = this.clock.now();
    if (watched.arrivals !== this.arrivals) return this.heal(nowMs);
    if (watched.isOccupied) return this.rest(nowMs);
    const { openingSinceMs } = watched;
    if (openingSinceMs !== undefined) return this.waitForLink(nowMs - openingSinceMs);
    if (this.wasOpening) return this.heal(nowMs);
    if (nowMs >= this.peekAtMs && !this.isPeeking) await this.peek();
  }

  private waitForLink(openingMs: number): void {
    if (openingMs < this.openingLimitMs) return;
    this.act(`a link has not opened for ${Math.round(openingMs)} ms`);
    this.wasOpening = true;
  }

  private async peek(): Promise<void> {
    this.isPeeking = true;
    const { arrivals } = this.watched;
    const found = await this.watched.peek().catch(() => undefined);
    this.isPeeking = false;
    if (this.isClosed || this.watched.isOccupied || this.watched.arrivals !== arrivals) return;
    this.judge(found);
  }

  private judge(found: ReadonlySet<string> | undefined): void {
    const before = this.waiting;
    const quietMs = Math.round(this.clock.now() - this.quietSinceMs);
    this.plan();
    if (!found) {
      // A fresh link needs the same connection: that would not help.
      this.steps = Math.max(this.steps, 1);
      return this.act(`the broker has not answered after a silence of ${quietMs} ms`);
    }
    this.waiting = found;
    if (found.size === 0) return this.steps > 0 ? this.heal(this.clock.now()) : undefined;
    const isSuspect = this.steps === 0 ? before.size > 0 : [...found].some((name) => before.has(name));
    if (isSuspect) this.act(`messages wait (${found.size} or more), and none has come for ${quietMs} ms`);
  }

  private act(cause: string): void {
    this.steps++;
    this.wasOpening = false;
    // The link first; then the client, again and again.
    if (this.steps === 1) this.watched.recycle();
    else this.watched.replaceClient();
    this.plan();
    this.watched.changed(cause);
  }

  private heal(nowMs: number): void {
    this.arrivals = this.watched.arrivals;
    this.wasOpening = false;
    this.rest(nowMs);
    if (this.steps === 0) return;
    this.steps = 0;
    this.watched.changed(undefined);
  }

  private rest(nowMs: number): void {
    this.quietSinceMs = nowMs;
    this.waiting = new Set();
    this.plan();
  }

  /** Half of the silence to the next look; ever longer when nothing has helped. */
  private plan(): void {
    this.peekAtMs = this.clock.now() + (this.policy.silenceMs / 2) * this.patience;
  }

  private get openingLimitMs(): number {
    return OPENING_MS * this.patience;
  }

  private get patience(): number {
    return Math.min(Math.max(this.steps - 1, 1), MAX_PATIENCE);
  }
}
