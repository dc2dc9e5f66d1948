/** Makes the text of all metrics, at the time it is asked for. */
export type MetricsText = () => Promise<string>;

/** Injects it. */
export const METRICS_TEXT = Symbol('MetricsText');
