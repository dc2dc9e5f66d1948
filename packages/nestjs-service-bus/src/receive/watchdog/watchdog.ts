import { type Clock } from '../../time/clock.js';
import { type WatchdogPolicy } from '../../binding/watchdog-policy.js';

/** A binding's receiver, as its watchdog sees it. */
export interface WatchedReceiver {
  /** Number of messages that have arrived so far. */
  readonly arrivals: number;
  /** True while no message can be expected: all slots are taken, or the binding pauses. */
  readonly expectsNoMessages: boolean;
  /** On our clock: since when a link has been opening without an answer from the broker. */
  readonly openingSinceMs: number | undefined;
  /** Returns ids of messages that wait at the broker and that nobody holds; rejects if there is no answer. */
  peek(): Promise<ReadonlySet<string>>;
  /**
   * Whether the broker serves the link, as it says itself; undefined where it cannot be asked, or has not answered and
   * never did.
   */
  isServed(): Promise<boolean | undefined>;
  /** Whether the broker has answered such a question before. */
  readonly isBrokerKnownToAnswer: boolean;
  /** Replaces the link. */
  recycle(): void;
  /** Replaces the client, and with it the connection. */
  replaceClient(): void;
  /** Called with the cause after the watchdog has acted, or with undefined when messages arrive again. */
  changed(cause: string | undefined): void;
}

/** `degraded` while a new link or client may still help; `down` when neither did. */
export type WatchdogState = 'healthy' | 'degraded' | 'down';

const CHECKS_PER_SILENCE = 8;
const MIN_CHECK_MS = 20;
const MAX_CHECK_MS = 1_000;
/** A link is opened or refused within this time; fetching a token can take some seconds. */
const OPENING_MS = 10_000;
const MAX_BACKOFF = 10;
/** A new link, and a new client. */
const MAX_UNPROVEN_STEPS = 2;

/**
 * Detects a receiver that has fallen silent although messages wait for it: a link that only seems open, a token that
 * is not renewed, a stuck client. Replaces the link first, and the client if that does not help.
 *
 * Messages may also wait because others hold them. [Service Bus] A peek does not show that, so what it finds only
 * raises the question: the broker is then asked, on the link itself, for what it has for us. An answer clears the
 * link. Where the broker cannot be asked, or never answered such a question, there is a fresh link and a fresh client,
 * and from then on only now and then a fresh link, for silence may begin later. Each binding has one timer.
 */
export class Watchdog {
  private readonly timer: NodeJS.Timeout;
  private readonly checkEveryMs: number;
  private steps = 0;
  /** Steps in a row for which there was no more than peeks. */
  private unprovenSteps = 0;
  private steppedAtMs = -Infinity;
  private arrivals = 0;
  private quietSinceMs: number;
  /** Messages that the last peek found waiting. */
  private waiting: ReadonlySet<string> = new Set();
  private peekAtMs = Infinity;
  private isPeeking = false;
  /** True if the last step was taken because a link did not open. */
  private wasOpening = false;
  /** While nothing waited, the broker was asked, to learn whether it answers at all. */
  private wasTried = false;
  private isClosed = false;

  constructor(
    private readonly policy: WatchdogPolicy,
    private readonly watched: WatchedReceiver,
    private readonly clock: Clock,
  ) {
    this.checkEveryMs = Math.min(Math.max(policy.silenceMs / CHECKS_PER_SILENCE, MIN_CHECK_MS), MAX_CHECK_MS);
    this.quietSinceMs = clock.now();
    this.schedulePeek();
    this.timer = setInterval(() => void this.check(), this.checkEveryMs);
    this.timer.unref();
  }

  get state(): WatchdogState {
    if (this.steps === 0) return 'healthy';
    return this.steps < 3 ? 'degraded' : 'down';
  }

  close(): void {
    this.isClosed = true;
    clearInterval(this.timer);
  }

  private async check(): Promise<void> {
    const { watched } = this;
    const nowMs = this.clock.now();
    if (watched.arrivals !== this.arrivals) return this.recover(nowMs);
    if (watched.expectsNoMessages) return this.reset(nowMs);
    const { openingSinceMs } = watched;
    if (openingSinceMs !== undefined) return this.waitForLink(nowMs - openingSinceMs);
    if (this.wasOpening) return this.recover(nowMs);
    if (nowMs >= this.peekAtMs && !this.isPeeking) await this.peek();
  }

  private waitForLink(openingMs: number): void {
    if (openingMs < this.openingLimitMs) return;
    this.escalate(`a link has not opened for ${Math.round(openingMs)} ms`);
    this.wasOpening = true;
  }

  private async peek(): Promise<void> {
    this.isPeeking = true;
    const { arrivals } = this.watched;
    const isStale = (): boolean =>
      this.isClosed || this.watched.expectsNoMessages || this.watched.arrivals !== arrivals;
    const found = await this.watched.peek().catch(() => undefined);
    if (!isStale()) await this.evaluate(found, isStale);
    this.isPeeking = false;
  }

  private async evaluate(found: ReadonlySet<string> | undefined, isStale: () => boolean): Promise<void> {
    const before = this.waiting;
    const quietMs = Math.round(this.clock.now() - this.quietSinceMs);
    this.schedulePeek();
    if (!found) {
      // A new link would use the same connection: go straight to a new client.
      this.steps = Math.max(this.steps, 1);
      return this.escalate(`the broker has not answered after a silence of ${quietMs} ms`);
    }
    this.waiting = found;
    if (found.size === 0) return this.nothingWaits();
    const isSuspect = this.steps === 0 ? before.size > 0 : [...found].some((name) => before.has(name));
    if (!isSuspect) return;
    const isServed = await this.watched.isServed().catch(() => undefined);
    if (isStale()) return;
    if (isServed) return this.recover(this.clock.now());
    const cause = `messages wait (${found.size} or more), and none has come for ${quietMs} ms`;
    if (isServed === undefined) {
      // Peeks alone are no proof. Steps for another reason, before them, do not count as such.
      if (this.unprovenSteps >= MAX_UNPROVEN_STEPS) return this.renewLink(cause);
      this.unprovenSteps++;
      this.steps = Math.min(this.steps, MAX_UNPROVEN_STEPS - 1);
    }
    this.escalate(cause);
  }

  /** Costs a link, and takes nothing from what is in work; often it would be of no use. */
  private renewLink(cause: string): void {
    if (this.clock.now() - this.steppedAtMs < this.policy.silenceMs * MAX_BACKOFF) return;
    this.steppedAtMs = this.clock.now();
    this.watched.recycle();
    this.watched.changed(cause);
  }

  private async nothingWaits(): Promise<void> {
    if (this.steps > 0) return this.recover(this.clock.now());
    if (this.wasTried || this.watched.isBrokerKnownToAnswer) return;
    this.wasTried = true;
    await this.watched.isServed().catch(() => undefined);
  }

  private escalate(cause: string): void {
    this.steps++;
    this.steppedAtMs = this.clock.now();
    this.wasOpening = false;
    // The link first; then the client, repeatedly.
    if (this.steps === 1) this.watched.recycle();
    else this.watched.replaceClient();
    this.schedulePeek();
    this.watched.changed(cause);
  }

  private recover(nowMs: number): void {
    this.arrivals = this.watched.arrivals;
    this.wasOpening = false;
    this.unprovenSteps = 0;
    this.reset(nowMs);
    if (this.steps === 0) return;
    this.steps = 0;
    this.watched.changed(undefined);
  }

  private reset(nowMs: number): void {
    this.quietSinceMs = nowMs;
    this.waiting = new Set();
    this.schedulePeek();
  }

  /** The next peek is due after half the silence; later and later as long as nothing helps. */
  private schedulePeek(): void {
    this.peekAtMs = this.clock.now() + (this.policy.silenceMs / 2) * this.backoff;
  }

  private get openingLimitMs(): number {
    return OPENING_MS * this.backoff;
  }

  private get backoff(): number {
    return Math.min(Math.max(this.steps - 1, 1), MAX_BACKOFF);
  }
}
