import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;
const NANOSECONDS_PER_MS = 1e6;
const MICROSECONDS_PER_MS = 1_000;
/** A process with a smaller share of a processor is late because of the machine's other work, not its own. */
const OWN_SHARE = 0.5;

// One for the whole process, and only while it has readers.
let histogram: IntervalHistogram | undefined;
let readers = 0;

/** Measures how late the event loop's timers fire, as far as this process is the cause. */
export class LoopDelayReader {
  private count: number;
  private sumNs: number;
  private cpuMs = cpuTimeMs();
  private readAtMs = performance.now();
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

  /** The mean delay since the last reading, in milliseconds; 0 if nothing was measured or other processes are busy. */
  read(): number {
    if (this.isClosed || !histogram) return 0;
    const count = histogram.count - this.count;
    const sumNs = sumOf(histogram) - this.sumNs;
    this.count += count;
    this.sumNs += sumNs;
    if (this.takeOwnShare() < OWN_SHARE) return 0;
    // The histogram holds the time between two firings, which equals the resolution when there is no delay.
    return count > 0 ? Math.max(sumNs / count / NANOSECONDS_PER_MS - RESOLUTION_MS, 0) : 0;
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    if (--readers > 0) return;
    histogram?.disable();
    histogram = undefined;
  }

  /** The share of a processor that this process had since the last reading. */
  private takeOwnShare(): number {
    const cpuMs = cpuTimeMs();
    const now = performance.now();
    const share = (cpuMs - this.cpuMs) / (now - this.readAtMs);
    this.cpuMs = cpuMs;
    this.readAtMs = now;
    return share;
  }
}

// The mean of an empty histogram is NaN.
function sumOf({ count, mean }: IntervalHistogram): number {
  return count > 0 ? count * mean : 0;
}

function cpuTimeMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / MICROSECONDS_PER_MS;
}
