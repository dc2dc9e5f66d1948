import { metrics } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

import { LeanMeterProvider } from '../../../../src/telemetry/lean-meter-provider.js';
import { LocalHistograms } from '../../../../src/telemetry/local-histograms.js';
import { prometheusText } from '../../../../src/telemetry/prometheus-text.js';
import { PullReader } from '../../../../src/telemetry/pull-reader.js';

/** Metrics of this process, as a scraper sees them. */
export class CollectedMetrics {
  /** Metrics of the module's own scope, as the service exports them. */
  readonly histograms = new LocalHistograms('nestjs-service-bus');
  private readonly reader = new PullReader(this.histograms);
  private readonly provider = new MeterProvider({ readers: [this.reader] });

  /** Must be called before the application starts, because that is when it looks for a meter. */
  static start(): CollectedMetrics {
    const collected = new CollectedMetrics();
    metrics.setGlobalMeterProvider(new LeanMeterProvider(collected.provider, collected.histograms));
    return collected;
  }

  async text(): Promise<string> {
    return (await prometheusText(this.reader)).text;
  }

  /** The values of a metric's series by their labels, without the labels common to all. */
  async series(name: string): Promise<Record<string, number>> {
    const found: Record<string, number> = {};
    for (const line of (await this.text()).split('\n')) {
      const [, series, labels = '', value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      if (series !== name) continue;
      const own = labels.replace(/messaging_(?:system|operation_name|destination_name)="[^"]*",?/g, '');
      found[own.replace(/,$/, '')] = Number(value);
    }
    return found;
  }

  async value(name: string, labels = ''): Promise<number | undefined> {
    return (await this.series(name))[labels];
  }

  async close(): Promise<void> {
    metrics.disable();
    await this.provider.shutdown();
  }
}
