import { type Histogram, type Meter } from '@opentelemetry/api';

/** [OpenTelemetry messaging metrics] The bucket boundaries that the conventions prescribe for durations, in seconds. */
const BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** The histograms that all bindings and senders record into. */
export interface Durations {
  readonly process: Histogram;
  readonly operation: Histogram;
}

/** Creates the histograms; the same meter always returns the same ones. */
export function makeDurations(meter: Meter): Durations {
  const options = { unit: 's', advice: { explicitBucketBoundaries: BOUNDARIES } };
  return {
    process: meter.createHistogram('messaging.process.duration', {
      ...options,
      description: 'How long messages were processed: handler, results and settlement',
    }),
    operation: meter.createHistogram('messaging.client.operation.duration', {
      ...options,
      description: 'How long the broker took to accept what was sent and how messages were settled',
    }),
  };
}
