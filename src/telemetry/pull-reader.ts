import { MetricReader } from '@opentelemetry/sdk-metrics';

/** Collects metrics when it is asked to. */
export class PullReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}
