import { type VariableReader } from './variable-reader.js';

/** What this process measures and exports. */
export interface TelemetrySettings {
  /** Whether metrics are collected and served at /metrics. */
  readonly metrics: boolean;
  /** How old the depth of a queue may be, in milliseconds; with 0 it is never read. */
  readonly queueDepthIntervalMs: number;
  /** What OpenTelemetry's SDK exports; it reads its own variables for everything else. */
  readonly exports: {
    readonly traces: boolean;
    readonly metrics: readonly MetricExporter[];
    readonly metricsProtocol: OtlpProtocol;
    readonly metricsIntervalMs: number;
    /** False when the variables name the service. */
    readonly needsServiceName: boolean;
  };
}

/** An exporter of OpenTelemetry's metrics. */
export type MetricExporter = 'otlp' | 'console';

/** A protocol of OpenTelemetry's exporters. */
export type OtlpProtocol = (typeof PROTOCOLS)[number];

const SWITCH = ['on', 'off'] as const;
const PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'] as const;
// [OpenTelemetry SDK environment variables]
const DEFAULT_INTERVAL_MS = 60_000;

/** Reads what to measure, and whether OpenTelemetry's standard variables ask for its SDK. */
export function readTelemetry(reader: VariableReader): TelemetrySettings {
  const isDisabled = reader.text('OTEL_SDK_DISABLED').toLowerCase() === 'true';
  const protocol = reader.text('OTEL_EXPORTER_OTLP_METRICS_PROTOCOL') === '' ? '' : 'METRICS_';
  return {
    metrics: reader.oneOf('METRICS', 'on', SWITCH) === 'on',
    queueDepthIntervalMs: 1_000 * reader.integer('METRICS_QUEUE_DEPTH_SECONDS', 0, { from: 0, to: 3_600 }),
    exports: {
      traces: !isDisabled && exportersOf(reader, 'TRACES').some((name) => name !== 'none'),
      metrics: isDisabled ? [] : metricExportersOf(reader),
      metricsProtocol: reader.oneOf(`OTEL_EXPORTER_OTLP_${protocol}PROTOCOL`, 'http/protobuf', PROTOCOLS),
      metricsIntervalMs: reader.integer('OTEL_METRIC_EXPORT_INTERVAL', DEFAULT_INTERVAL_MS, {
        from: 1,
        to: 86_400_000,
      }),
      needsServiceName:
        reader.text('OTEL_SERVICE_NAME') === '' &&
        !/(?:^|,)\s*service\.name\s*=/.test(reader.text('OTEL_RESOURCE_ATTRIBUTES')),
    },
  };
}

/** Returns the exporters of a signal; an endpoint alone asks for `otlp`. */
function exportersOf(reader: VariableReader, signal: 'TRACES' | 'METRICS'): string[] {
  const named = reader
    .text(`OTEL_${signal}_EXPORTER`)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (named.length > 0) return named;
  const endpoints = ['OTEL_EXPORTER_OTLP_ENDPOINT', `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`];
  return endpoints.some((name) => reader.text(name) !== '') ? ['otlp'] : [];
}

function metricExportersOf(reader: VariableReader): MetricExporter[] {
  const names = exportersOf(reader, 'METRICS');
  const known = ['otlp', 'console', 'prometheus', 'none'];
  if (names.some((name) => !known.includes(name))) {
    reader.refuse('OTEL_METRICS_EXPORTER', names.join(','), `some of ${known.join(',')}`);
  }
  if (names.includes('none')) return [];
  // /metrics serves Prometheus.
  return names.filter((name): name is MetricExporter => name === 'otlp' || name === 'console');
}
