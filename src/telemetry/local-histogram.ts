import { type Attributes, type Histogram } from '@opentelemetry/api';
import { type DataPoint, type Histogram as HistogramValue } from '@opentelemetry/sdk-metrics';

type HrTime = DataPoint<HistogramValue>['startTime'];

interface Series {
  readonly attributes: Attributes;
  readonly since: HrTime;
  readonly counts: number[];
  sum: number;
  count: number;
}

/** Attribute sets beyond this number are counted together. */
const MAX_SERIES = 2_000;
const OVERFLOW: Attributes = { 'otel.metric.overflow': true };

/**
 * A histogram for callers that record with the same attribute objects again and again: it tells these apart by
 * identity. The SDK serializes the attributes at every record, at twenty times the cost.
 */
export class LocalHistogram implements Histogram {
  private readonly byIdentity = new WeakMap<Attributes, Series>();
  private readonly byContent = new Map<string, Series>();

  constructor(private readonly boundaries: number[]) {}

  record(value: number, attributes: Attributes = {}): void {
    const series = this.byIdentity.get(attributes) ?? this.find(attributes);
    series.count++;
    series.sum += value;
    const bucket = this.bucketOf(value);
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
  }

  /** The values recorded since the start, by attributes. */
  points(endTime: HrTime): DataPoint<HistogramValue>[] {
    return [...this.byContent.values()].map(({ attributes, since, counts, sum, count }) => ({
      startTime: since,
      endTime,
      attributes,
      value: { buckets: { boundaries: this.boundaries, counts: [...counts] }, sum, count },
    }));
  }

  /** Another object may have equal attributes. */
  private find(attributes: Attributes): Series {
    let content = contentOf(attributes);
    let series = this.byContent.get(content);
    if (!series && this.byContent.size >= MAX_SERIES) {
      content = contentOf(OVERFLOW);
      series = this.byContent.get(content);
    }
    if (!series) {
      series = this.begin(this.byContent.size < MAX_SERIES ? attributes : OVERFLOW);
      this.byContent.set(content, series);
    }
    this.byIdentity.set(attributes, series);
    return series;
  }

  private begin(attributes: Attributes): Series {
    const counts = new Array<number>(this.boundaries.length + 1).fill(0);
    return { attributes, since: hrTime(), counts, sum: 0, count: 0 };
  }

  /** A value belongs to the first bucket whose upper bound it does not exceed. */
  private bucketOf(value: number): number {
    let bucket = 0;
    for (const boundary of this.boundaries) {
      if (value <= boundary) return bucket;
      bucket++;
    }
    return bucket;
  }
}

function contentOf(attributes: Attributes): string {
  return JSON.stringify(Object.entries(attributes).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Returns the current time in OpenTelemetry's form: seconds and nanoseconds since 1970. */
export function hrTime(): HrTime {
  const now = Date.now();
  return [Math.floor(now / 1_000), (now % 1_000) * 1_000_000];
}
