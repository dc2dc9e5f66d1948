/** How long attempts took, and how long slots were in use, since the last reading. */
export interface MeterReading {
  readonly durationMs: number;
  readonly ended: number;
  readonly endedDurationMs: number;
  readonly busyMs: number;
}

/** Adds up the time that a binding's attempts take, at the cost of a few additions per attempt. */
export class AdaptiveMeter {
  private inWork = 0;
  /** Sum of the start times of the attempts in work. */
  private beginnings = 0;
  private ended = 0;
  private endedDurationMs = 0;
  private last: { readonly atMs: number; readonly busyMs: number };
  private allEndedMs = 0;

  constructor(now: number) {
    this.last = { atMs: now, busyMs: 0 };
  }

  begin(now: number): void {
    this.inWork++;
    this.beginnings += now;
  }

  end(begunAtMs: number, now: number): void {
    this.inWork--;
    this.beginnings -= begunAtMs;
    this.ended++;
    this.endedDurationMs += now - begunAtMs;
  }

  read(now: number): MeterReading {
    this.allEndedMs += this.endedDurationMs;
    // Time spent so far by the attempts in work: their number × now, minus the sum of their start times.
    const busyMs = this.allEndedMs + this.inWork * now - this.beginnings;
    const reading = {
      durationMs: now - this.last.atMs,
      ended: this.ended,
      endedDurationMs: this.endedDurationMs,
      busyMs: busyMs - this.last.busyMs,
    };
    this.last = { atMs: now, busyMs };
    this.ended = this.endedDurationMs = 0;
    return reading;
  }
}
