import { monitorEventLoopDelay, performance } from 'node:perf_hooks';

const RESOLUTION_MS = 20;
/** Collections that are this close in time get the same value. */
const MIN_WINDOW_MS = 1_000;

/** The delay of the event loop since the last collection. */
export class EventLoopDelay {
  private readonly histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private readAtMs = -Infinity;
  private seconds = { p50: 0, p99: 0, max: 0 };

  constructor() {
    this.histogram.enable();
  }

  /** In seconds, without the interval of the timer that measures it. */
  read(): { readonly p50: number; readonly p99: number; readonly max: number } {
    const now = performance.now();
    if (now - this.readAtMs < MIN_WINDOW_MS || this.histogram.count === 0) return this.seconds;
    this.readAtMs = now;
    const { histogram } = this;
    this.seconds = {
      p50: lateness(histogram.percentile(50)),
      p99: lateness(histogram.percentile(99)),
      max: lateness(histogram.max),
    };
    histogram.reset();
    return this.seconds;
  }

  close(): void {
    this.histogram.disable();
  }
}

/** The histogram measures the time between two ticks of a timer. */
function lateness(nanoseconds: number): number {
  return Math.max(nanoseconds / 1e9 - RESOLUTION_MS / 1e3, 0);
}
