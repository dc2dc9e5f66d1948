import { metrics as metricsApi } from '@opentelemetry/api';
import { MeterProvider, type MetricReader } from '@opentelemetry/sdk-metrics';

import { type TelemetrySettings } from '../environment.js';
import { EventLoopDelay } from './event-loop-delay.js';
import { MetricsPage } from './metrics-page.js';
import { offerProcessMetrics } from './process-metrics.js';
import { PullReader } from './pull-reader.js';
import { type RunningTelemetry, setRunningTelemetry } from './running-telemetry.js';
import { within } from './within.js';

/** What was not sent by then is lost: the process has to end. */
const FLUSH_TIMEOUT_MS = 5_000;

interface Provider {
  shutdown(): Promise<void>;
}

/** Sets OpenTelemetry up for this process: metrics in any case, the whole SDK where its variables ask for it. */
export async function openTelemetry({ metrics, exports }: TelemetrySettings): Promise<RunningTelemetry> {
  const reader = metrics ? new PullReader() : undefined;
  const readers = reader ? [reader] : [];
  let provider: Provider | undefined;
  let problem: string | undefined;
  if (exports.traces || exports.metrics.length > 0) {
    try {
      const { startSdk } = await import('./start-sdk.js');
      provider = await startSdk(exports, readers);
    } catch (error) {
      problem = describeMissing(error);
    }
  }
  provider ??= startMetrics(readers);
  const delay = new EventLoopDelay();
  offerProcessMetrics(metricsApi.getMeter('process'), delay);
  const page = reader && new MetricsPage(reader);
  return {
    metricsText: page && (() => page.text()),
    problem,
    close: async () => {
      setRunningTelemetry(undefined);
      delay.close();
      await within(FLUSH_TIMEOUT_MS, provider.shutdown());
    },
  };
}

function startMetrics(readers: MetricReader[]): Provider {
  const provider = new MeterProvider({ readers });
  metricsApi.setGlobalMeterProvider(provider);
  return provider;
}

/** The SDK is an optional package: an image may have been built without it. */
function describeMissing(error: unknown): string {
  const isMissing =
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND');
  if (!isMissing) throw error;
  const [, name = error.message] = /'(@opentelemetry\/[^']+)'/.exec(error.message) ?? [];
  return `OTEL_* variables ask for OpenTelemetry's SDK, and the optional package ${name} is not installed: nothing is exported`;
}
