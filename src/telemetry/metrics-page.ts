import { Logger } from '@nestjs/common';
import { type MetricReader } from '@opentelemetry/sdk-metrics';

import { prometheusText } from './prometheus-text.js';

/** The page of metrics. A failure to collect some of them is logged once, when it begins. */
export class MetricsPage {
  private readonly logger = new Logger('Telemetry');
  private wasWhole = true;

  constructor(private readonly reader: MetricReader) {}

  async text(): Promise<string> {
    const { text, errors } = await prometheusText(this.reader);
    const [error] = errors;
    if (error !== undefined && this.wasWhole) {
      this.logger.warn(
        `not all metrics could be collected: ${error instanceof Error ? error.message : 'for an unknown reason'}`,
      );
    }
    this.wasWhole = error === undefined;
    return text;
  }
}
