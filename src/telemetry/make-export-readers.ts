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

/** What sends metrics away at regular times. The exporters read where to, and how, from their own variables. */
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

// They are the SDK's own dependencies, of its version, wherever they are installed.
function makeOtlpExporter(protocol: Exports['metricsProtocol']): PushMetricExporter {
  const sdk = createRequire(import.meta.url).resolve('@opentelemetry/sdk-node');
  const { OTLPMetricExporter } = createRequire(sdk)(PACKAGES[protocol]) as {
    OTLPMetricExporter: new () => PushMetricExporter;
  };
  return new OTLPMetricExporter();
}
