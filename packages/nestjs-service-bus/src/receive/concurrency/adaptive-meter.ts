/** What attempts took, and for how long slots were in use, since the last reading. */
export interface MeterReading {
  readonly durationMs: number;
  readonly ended: number;
  readonly endedDurationMs: number;
  readonly busyMs: number;
}

/** Adds up the time that a binding's attempts take, at the cost of a few additions for each. */
export class AdaptiveMeter {
  private inWork = 0;
  /** The moments at which the attempts in work began, added up. */
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
    // Attempts in work have taken the time since they began: their number × now, less their beginnings.
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
