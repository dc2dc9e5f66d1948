import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;
const NANOSECONDS = 1e6;

// One for the process, and only while somebody reads it.
let histogram: IntervalHistogram | undefined;
let readers = 0;

/** Reads how much later than planned the event loop's timers fire. */
export class LoopDelayReader {
  private count: number;
  private sumNs: number;
  private isClosed = false;

  constructor() {
    readers++;
    if (!histogram) {
      histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
      histogram.enable();
    }
    this.count = histogram.count;
    this.sumNs = sumOf(histogram);
  }

  /** The mean delay since the last reading, in milliseconds; 0 when there was nothing to measure. */
  read(): number {
    if (this.isClosed || !histogram) return 0;
    const count = histogram.count - this.count;
    const sumNs = sumOf(histogram) - this.sumNs;
    this.count += count;
    this.sumNs += sumNs;
    // The histogram holds the time from one firing to the next, which is the resolution when there is no delay.
    return count > 0 ? Math.max(sumNs / count / NANOSECONDS - RESOLUTION_MS, 0) : 0;
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    if (--readers > 0) return;
    histogram?.disable();
    histogram = undefined;
  }
}

// The mean of no values is not a number.
function sumOf({ count, mean }: IntervalHistogram): number {
  return count > 0 ? count * mean : 0;
}
