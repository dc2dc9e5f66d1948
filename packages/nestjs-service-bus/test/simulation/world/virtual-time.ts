import { Heap } from '../../../../service-bus-emulator/src/model/collections/heap.js';

/** Owner of timers and messages, which end when it dies. */
export interface Owner {
  readonly name: string;
  isDead: boolean;
}

/** Owns the broker, the wires and the scenario; never dies. */
export const WORLD: Owner = { name: 'world', isDead: false };

/** More than any run needs: a run that exceeds it is in an endless loop. */
const MAX_STEPS = 400_000;

/** The handle of a timer, with the members of Node's that are used. */
class VirtualTimer {
  isCancelled = false;

  constructor(
    readonly order: number,
    readonly owner: Owner,
    readonly run: () => void,
  ) {}

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }
}

/**
 * Time that jumps from one timer to the next. Each timer runs alone, followed by all promise reactions that it
 * triggers, and belongs to the owner whose step set it. Timers due at the same time run in the order they were set.
 */
export class VirtualTime {
  nowMs = 0;
  steps = 0;
  /** Of the step that runs. */
  owner: Owner = WORLD;
  private nextOrder = 0;
  private readonly timers = new Heap<VirtualTimer>({ before: (a, b) => a.order < b.order });
  private readonly pending = new Map<Owner, Set<VirtualTimer>>();

  after(delayMs: number, run: () => void, owner: Owner = this.owner): VirtualTimer {
    const timer = new VirtualTimer(this.nextOrder++, owner, run);
    this.timers.push(timer, this.nowMs + delayMs);
    return timer;
  }

  /** Number of an owner's pending timers that were set through the globals. */
  pendingOf(owner: Owner): number {
    return this.pending.get(owner)?.size ?? 0;
  }

  /** Runs timers until `isDone` or until `limitMs`; returns whether it is done. */
  async runUntil(isDone: () => boolean, limitMs = Infinity): Promise<boolean> {
    while (!isDone()) {
      const timer = this.timers.peek();
      const atMs = this.timers.keyAt(0) ?? Infinity;
      if (!timer || atMs > limitMs) {
        if (limitMs !== Infinity) this.nowMs = Math.max(this.nowMs, limitMs);
        return false;
      }
      this.timers.pop();
      if (timer.isCancelled || timer.owner.isDead) continue;
      this.nowMs = atMs;
      await this.step(timer.owner, timer.run);
    }
    return true;
  }

  /** Runs an action on an owner's behalf, and all promise reactions that follow. */
  async step(owner: Owner, run: () => void): Promise<void> {
    if (++this.steps > MAX_STEPS) throw new Error(`more than ${MAX_STEPS} steps: it goes round in circles`);
    this.owner = owner;
    run();
    // A tick queued here runs after all pending promise reactions.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    this.owner = WORLD;
  }

  /** Replaces the global timers; returns a function that restores them. */
  install(): () => void {
    const real = {
      setTimeout: globalThis.setTimeout,
      clearTimeout: globalThis.clearTimeout,
      setInterval: globalThis.setInterval,
      clearInterval: globalThis.clearInterval,
      setImmediate: globalThis.setImmediate,
      clearImmediate: globalThis.clearImmediate,
    };
    const clear = (timer?: VirtualTimer): void => this.clear(timer);
    Object.assign(globalThis, {
      // [Node: delays are whole milliseconds, at least one]
      setTimeout: (run: () => void, delayMs = 0) => this.set(run, Math.max(1, Math.trunc(delayMs))),
      clearTimeout: clear,
      setInterval: (run: () => void, everyMs: number) => this.setInterval(run, everyMs),
      clearInterval: clear,
      setImmediate: (run: () => void) => this.set(run, 0),
      clearImmediate: clear,
    });
    const readClock = performance.now.bind(performance);
    performance.now = () => this.nowMs;
    return () => {
      Object.assign(globalThis, real);
      performance.now = readClock;
    };
  }

  private set(run: () => void, delayMs: number): VirtualTimer {
    const own = this.pendingNow();
    const timer = this.after(delayMs, () => {
      own.delete(timer);
      run();
    });
    own.add(timer);
    return timer;
  }

  private setInterval(run: () => void, everyMs: number): VirtualTimer {
    const { owner } = this;
    const handle = new VirtualTimer(-1, owner, run);
    this.pendingNow().add(handle);
    const again = (): void => {
      if (handle.isCancelled) return;
      run();
      this.after(everyMs, again, owner);
    };
    this.after(everyMs, again, owner);
    return handle;
  }

  private pendingNow(): Set<VirtualTimer> {
    let own = this.pending.get(this.owner);
    if (!own) this.pending.set(this.owner, (own = new Set()));
    return own;
  }

  private clear(timer: VirtualTimer | undefined): void {
    if (!timer) return;
    timer.isCancelled = true;
    this.pending.get(timer.owner)?.delete(timer);
  }
}
