import { AdaptiveLimit } from './adaptive-limit.js';
import { LoopDelayReader } from './adaptive-loop-delay.js';
import { AdaptiveMeter } from './adaptive-meter.js';
import { type Clock } from '../../time/clock.js';
import { type Slots } from './slots.js';

const SAMPLE_MS = 250;

/** What the controller needs to know of its binding. */
export interface AdaptiveSource {
  /** Returns the locks lost, renewals failed and settlements throttled since the last call, and resets the count. */
  takeOverloadSignals(): number;
  /** True while results wait because the broker refuses them. */
  isOutputBlocked(): boolean;
  /** True while something else holds the binding back: samples taken now say nothing about the limit. */
  isPaused(): boolean;
  /** Called when the limit has changed. */
  limitChanged(): void;
}

/** Adjusts the slots of a binding with `maxConcurrentCalls: 'auto'`, sampling its load four times a second. */
export class AdaptiveConcurrency {
  private readonly controller: AdaptiveLimit;
  private readonly meter: AdaptiveMeter;
  private readonly loop = new LoopDelayReader();
  private readonly timer: NodeJS.Timeout;

  constructor(
    readonly max: number,
    private readonly slots: Slots,
    private readonly source: AdaptiveSource,
    private readonly clock: Clock,
  ) {
    this.controller = new AdaptiveLimit(max);
    this.meter = new AdaptiveMeter(clock.now());
    this.timer = setInterval(() => this.sample(), SAMPLE_MS);
    this.timer.unref();
  }

  get limit(): number {
    return this.controller.limit;
  }

  /** Notes the start of an attempt. */
  begin(now: number): void {
    this.meter.begin(now);
  }

  end(begunAtMs: number): void {
    this.meter.end(begunAtMs, this.clock.now());
  }

  close(): void {
    clearInterval(this.timer);
    this.loop.close();
  }

  private sample(): void {
    const reading = this.meter.read(this.clock.now());
    const isSaturated = this.slots.takeFullness();
    const overloadSignals = this.source.takeOverloadSignals();
    const loopDelayMs = this.loop.read();
    if (this.source.isPaused()) return;
    const isOutputBlocked = this.source.isOutputBlocked();
    const before = this.limit;
    this.controller.observe({ ...reading, isSaturated, overloadSignals, isOutputBlocked, loopDelayMs });
    if (this.limit === before) return;
    this.slots.resize(this.limit);
    this.source.limitChanged();
  }
}
