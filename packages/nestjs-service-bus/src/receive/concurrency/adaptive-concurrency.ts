import { AdaptiveLimit } from './adaptive-limit.js';
import { LoopDelayReader } from './adaptive-loop-delay.js';
import { AdaptiveMeter } from './adaptive-meter.js';
import { type Clock } from '../../time/clock.js';
import { type Slots } from './slots.js';

const SAMPLE_MS = 250;
// A link has places for 2,048 deliveries, and a retired one must have room for all credit it was given.
const MAX_CREDIT = 500;

/** What the controller asks its binding. */
export interface AdaptiveSource {
  /** Locks lost, renewals failed and settlements throttled since it was last asked. */
  takeTroubles(): number;
  /** Results wait, because the broker takes none. */
  isOutputBlocked(): boolean;
  /** Something else holds the binding back: what is seen now says nothing. */
  isPaused(): boolean;
  /** The limit is another one. */
  limitChanged(): void;
}

/** Sets the slots of a binding with `maxConcurrentCalls: 'auto'`, from what it sees four times a second. */
export class AdaptiveConcurrency {
  private readonly controller: AdaptiveLimit;
  private readonly meter: AdaptiveMeter;
  private readonly loop = new LoopDelayReader();
  private readonly timer: NodeJS.Timeout;
  private queued = 0;

  constructor(
    readonly max: number,
    private readonly slots: Slots,
    private readonly source: AdaptiveSource,
    private readonly clock: Clock,
  ) {
    this.controller = new AdaptiveLimit(max);
    this.meter = new AdaptiveMeter(clock.now());
    this.timer = setInterval(() => this.look(), SAMPLE_MS);
    this.timer.unref();
  }

  get limit(): number {
    return this.controller.limit;
  }

  /** The credit for the broker at this limit: half as much again, so that a slot that becomes free finds a message. */
  get credit(): number {
    return Math.min(this.limit + Math.max(Math.ceil(this.limit / 2), 2), MAX_CREDIT);
  }

  /** An attempt begins; `end` wants the moment back. */
  begun(): number {
    const now = this.clock.now();
    this.meter.begin(now);
    return now;
  }

  end(begunAtMs: number): void {
    this.meter.end(begunAtMs, this.clock.now());
  }

  close(): void {
    clearInterval(this.timer);
    this.loop.close();
  }

  private look(): void {
    const reading = this.meter.read(this.clock.now());
    const isSaturated = this.slots.waiting > 0 || this.slots.queued > this.queued;
    this.queued = this.slots.queued;
    const troubles = this.source.takeTroubles();
    const loopDelayMs = this.loop.read();
    if (this.source.isPaused()) return;
    const isOutputBlocked = this.source.isOutputBlocked();
    const before = this.limit;
    this.controller.observe({ ...reading, isSaturated, troubles, isOutputBlocked, loopDelayMs });
    if (this.limit === before) return;
    this.slots.resize(this.limit);
    this.source.limitChanged();
  }
}
