import { metrics as metricsApi } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

import { type TelemetrySettings } from '../config/index.js';
import { EventLoopDelay } from './event-loop-delay.js';
import { LeanMeterProvider } from './lean-meter-provider.js';
import { LocalHistograms } from './local-histograms.js';
import { MetricsPage } from './metrics-page.js';
import { offerProcessMetrics } from './process-metrics.js';
import { PullReader } from './pull-reader.js';
import { type RunningTelemetry, setRunningTelemetry } from './running-telemetry.js';
import { within } from './within.js';

/** Data not sent by then is lost: the process has to end. */
const FLUSH_TIMEOUT_MS = 5_000;

/** The instrumentation scope of ServiceBusModule. */
const SCOPE = 'nestjs-service-bus';

interface Provider {
  shutdown(): Promise<void>;
}

/** Sets up OpenTelemetry for this process: metrics for the page, and the SDK when its variables ask for it. */
export async function openTelemetry({ metrics, exports }: TelemetrySettings): Promise<RunningTelemetry> {
  const isExported = exports.metrics.length > 0;
  const providers: Provider[] = [];
  let reader: PullReader | undefined;
  let problem: string | undefined;
  if (metrics && !isExported) {
    // The page alone gets by with cheaper histograms; a collector needs what only the SDK's offer.
    const histograms = new LocalHistograms(SCOPE);
    reader = new PullReader(histograms);
    providers.push(startMetrics(reader, histograms));
  } else if (metrics) reader = new PullReader();
  if (isExported || exports.traces) {
    try {
      const { startSdk } = await import('./start-sdk.js');
      providers.push(await startSdk(exports, isExported && reader ? [reader] : []));
    } catch (error) {
      problem = describeMissing(error);
      if (isExported && reader) providers.push(startMetrics(reader));
    }
  }
  return run(providers, reader, problem);
}

function run(
  providers: readonly Provider[],
  reader: PullReader | undefined,
  problem: string | undefined,
): RunningTelemetry {
  const delay = new EventLoopDelay();
  offerProcessMetrics(metricsApi.getMeter('process'), delay);
  const page = reader && new MetricsPage(reader);
  return {
    metricsText: page && (() => page.text()),
    problem,
    close: async () => {
      setRunningTelemetry(undefined);
      delay.close();
      await within(FLUSH_TIMEOUT_MS, Promise.all(providers.map((provider) => provider.shutdown())));
    },
  };
}

function startMetrics(reader: PullReader, histograms?: LocalHistograms): Provider {
  const provider = new MeterProvider({ readers: [reader] });
  metricsApi.setGlobalMeterProvider(histograms ? new LeanMeterProvider(provider, histograms) : provider);
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
