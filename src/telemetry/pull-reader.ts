import { type CollectionResult, MetricReader } from '@opentelemetry/sdk-metrics';

import { type LocalHistograms } from './local-histograms.js';

type CollectionOptions = Parameters<MetricReader['collect']>[0];

/** Collects the SDK's metrics and those of the local histograms, on request. */
export class PullReader extends MetricReader {
  constructor(private readonly histograms?: LocalHistograms) {
    super();
  }

  override async collect(options?: CollectionOptions): Promise<CollectionResult> {
    const { resourceMetrics, errors } = await super.collect(options);
    const local = this.histograms?.collect();
    if (!local || local.metrics.length === 0) return { resourceMetrics, errors };
    const scopeMetrics = [local, ...resourceMetrics.scopeMetrics];
    return { resourceMetrics: { ...resourceMetrics, scopeMetrics }, errors };
  }

  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}
