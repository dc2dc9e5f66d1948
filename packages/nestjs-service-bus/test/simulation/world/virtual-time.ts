import { Heap } from '../../../../service-bus-emulator/src/model/collections/heap.js';

/** Whose timers and messages these are: they end with it. */
export interface Owner {
  readonly name: string;
  isDead: boolean;
}

/** The broker, the wires and the scenario: they never end. */
export const WORLD: Owner = { name: 'world', isDead: false };

/** More than any run needs: something goes round in circles. */
const MAX_STEPS = 400_000;

/** What a timer's setter gets: as much of Node's timers as anybody uses. */
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
 * Time that passes by itself from one timer to the next: each one runs alone, together with all the promises that
 * it fulfils, and belongs to whoever's step has set it. Equal times go by the order of setting.
 */
export class VirtualTime {
  nowMs = 0;
  steps = 0;
  private owner: Owner = WORLD;
  private nextOrder = 0;
  private readonly timers = new Heap<VirtualTimer>({ before: (a, b) => a.order < b.order });
  private readonly pending = new Map<Owner, Set<VirtualTimer>>();

  after(delayMs: number, run: () => void, owner: Owner = this.owner): VirtualTimer {
    const timer = new VirtualTimer(this.nextOrder++, owner, run);
    this.timers.push(timer, this.nowMs + delayMs);
    return timer;
  }

  /** Timers of an owner that are still to come, set through the globals. */
  pendingOf(owner: Owner): number {
    return this.pending.get(owner)?.size ?? 0;
  }

  /** Goes on until it is done, or the time is over, whichever is first; true when it is done. */
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

  /** Does something in an owner's name, and all that follows from it at once. */
  async step(owner: Owner, run: () => void): Promise<void> {
    if (++this.steps > MAX_STEPS) throw new Error(`more than ${MAX_STEPS} steps: it goes round in circles`);
    this.owner = owner;
    run();
    // Ticks come when no promise's reaction is left.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    this.owner = WORLD;
  }

  /** Puts this time in the place of the global timers; returns what puts them back. */
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
      // [Node: delays are whole milliseconds, one at least]
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
