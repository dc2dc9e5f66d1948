import { type MetricReader, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { createRequire } from 'node:module';

import { type TelemetrySettings } from '../config/index.js';

type Exports = TelemetrySettings['exports'];

const MAX_TIMEOUT_MS = 30_000;
const PACKAGES = {
  'http/protobuf': '@opentelemetry/exporter-metrics-otlp-proto',
  'http/json': '@opentelemetry/exporter-metrics-otlp-http',
  grpc: '@opentelemetry/exporter-metrics-otlp-grpc',
} satisfies Record<Exports['metricsProtocol'], string>;

/** Makes the readers that export metrics at intervals. Each exporter reads its target from its own variables. */
export async function makeExportReaders({
  metrics,
  metricsProtocol,
  metricsIntervalMs,
}: Exports): Promise<MetricReader[]> {
  const { ConsoleMetricExporter, PeriodicExportingMetricReader } = await import('@opentelemetry/sdk-metrics');
  return metrics.map(
    (kind) =>
      new PeriodicExportingMetricReader({
        exporter: kind === 'console' ? new ConsoleMetricExporter() : makeOtlpExporter(metricsProtocol),
        exportIntervalMillis: metricsIntervalMs,
        exportTimeoutMillis: Math.min(metricsIntervalMs, MAX_TIMEOUT_MS),
      }),
  );
}

// Resolved from the SDK, whose dependencies they are, so that the versions match.
function makeOtlpExporter(protocol: Exports['metricsProtocol']): PushMetricExporter {
  const sdk = createRequire(import.meta.url).resolve('@opentelemetry/sdk-node');
  const { OTLPMetricExporter } = createRequire(sdk)(PACKAGES[protocol]) as {
    OTLPMetricExporter: new () => PushMetricExporter;
  };
  return new OTLPMetricExporter();
}
