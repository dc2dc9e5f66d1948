/** Collects all metrics now, and returns them as text. */
export type MetricsText = () => Promise<string>;

/** Injection token of `MetricsText`. */
export const METRICS_TEXT = Symbol('MetricsText');
