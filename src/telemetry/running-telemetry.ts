/** What measures and traces this process. */
export interface RunningTelemetry {
  /** All metrics as Prometheus reads them; undefined where they are not served. */
  readonly metricsText: (() => Promise<string>) | undefined;
  /** Why less is told than was asked for. */
  readonly problem: string | undefined;
  /** Sends what was not sent yet, and stops; takes no longer than its deadline. */
  close(): Promise<void>;
}

// One for the process, as OpenTelemetry's own is.
let running: RunningTelemetry | undefined;

/** Nothing where it was not started. */
export function runningTelemetry(): RunningTelemetry | undefined {
  return running;
}

export function setRunningTelemetry(telemetry: RunningTelemetry | undefined): void {
  running = telemetry;
}
