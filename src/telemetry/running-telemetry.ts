/** The telemetry of this process: its metrics and traces. */
export interface RunningTelemetry {
  /** Returns all metrics in Prometheus' format; undefined when they are not served. */
  readonly metricsText: (() => Promise<string>) | undefined;
  /** Why less is exported than was asked for; undefined when everything is. */
  readonly problem: string | undefined;
  /** Flushes what has not been sent, within a deadline, and stops. */
  close(): Promise<void>;
}

// One for each process, as OpenTelemetry's own providers are.
let running: RunningTelemetry | undefined;

/** Returns undefined when telemetry is off. */
export function runningTelemetry(): RunningTelemetry | undefined {
  return running;
}

export function setRunningTelemetry(telemetry: RunningTelemetry | undefined): void {
  running = telemetry;
}
