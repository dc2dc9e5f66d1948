/** Messages taken at once from which on a NOTIFY for each transaction would cost more than it is worth. */
const MANY = 4;
const PROMISE_MS = 20;
/** The first look for a message that this process has added: its transaction needs some time to commit. */
export const FIRST_LOOK_MS = 2;

/**
 * When a deliverer looks for messages that nobody announces.
 *
 * For messages that its own process adds it looks at growing intervals, until they are there: that needs no NOTIFY.
 *
 * While many messages come it promises to look again soon, and transactions need not NOTIFY, which would make their commits
 * wait for each other. A transaction that has read the promise may commit after it has ended: so for some time afterwards
 * the deliverer looks at growing intervals, and only then as seldom as when nothing happens at all.
 */
export class LookSchedule {
  private taken = 0;
  private promisedUntilMs = -Infinity;
  private lookAfterMs = Infinity;

  constructor(
    private readonly pollIntervalMs: number,
    private readonly now: () => number = () => performance.now(),
    private readonly random: () => number = Math.random,
  ) {}

  /** What the next look may promise; 0 for nothing. */
  get promiseMs(): number {
    return this.taken >= MANY ? PROMISE_MS : 0;
  }

  /** A look has taken so many messages; `promiseMs` is what it has promised, where it took any. */
  looked(taken: number, promiseMs: number): void {
    this.taken = taken;
    if (taken > 0 && promiseMs > 0) {
      this.promisedUntilMs = this.now() + promiseMs;
      this.lookAfterMs = PROMISE_MS;
    } else if (this.now() >= this.promisedUntilMs) {
      this.lookAfterMs *= 2;
    }
  }

  /** This process has added messages, which come with the commit of their transaction. */
  expect(): void {
    this.lookAfterMs = FIRST_LOOK_MS;
  }

  /** What was expected has come. */
  expectNothing(): void {
    if (this.now() >= this.promisedUntilMs) this.lookAfterMs = Infinity;
  }

  /** Whether what was expected has not come for so long that it need not be looked for any more. */
  get isPatient(): boolean {
    return this.lookAfterMs >= this.pollIntervalMs;
  }

  /** How long to sleep if nothing wakes. */
  get pauseMs(): number {
    const leftMs = this.promisedUntilMs - this.now();
    if (leftMs > 0) return Math.ceil(leftMs);
    // By chance up to a tenth less: deliverers that started together do not look together.
    return Math.min(this.lookAfterMs, this.pollIntervalMs * (1 - this.random() / 10));
  }
}
