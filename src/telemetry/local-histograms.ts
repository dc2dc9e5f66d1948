import { type MetricOptions, ValueType } from '@opentelemetry/api';
import { AggregationTemporality, DataPointType, type ScopeMetrics } from '@opentelemetry/sdk-metrics';

import { hrTime, LocalHistogram } from './local-histogram.js';

interface Named {
  readonly histogram: LocalHistogram;
  readonly descriptor: ScopeMetrics['metrics'][number]['descriptor'];
}

/** The histograms of one instrumentation scope. */
export class LocalHistograms {
  private readonly named = new Map<string, Named>();

  constructor(readonly scope: string) {}

  /** Returns the same histogram for the same name. */
  create(name: string, { unit = '', description = '', advice = {} }: MetricOptions = {}): LocalHistogram {
    let named = this.named.get(name);
    if (!named) {
      const histogram = new LocalHistogram([...(advice.explicitBucketBoundaries ?? [])]);
      named = { histogram, descriptor: { name, unit, description, valueType: ValueType.DOUBLE } };
      this.named.set(name, named);
    }
    return named.histogram;
  }

  /** Returns the histograms that have recorded a value. */
  collect(): ScopeMetrics {
    const endTime = hrTime();
    const metrics = [...this.named.values()].map(({ descriptor, histogram }) => ({
      descriptor,
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      dataPointType: DataPointType.HISTOGRAM as const,
      dataPoints: histogram.points(endTime),
    }));
    return {
      scope: { name: this.scope },
      metrics: metrics.filter(({ dataPoints }) => dataPoints.length > 0),
    };
  }
}
