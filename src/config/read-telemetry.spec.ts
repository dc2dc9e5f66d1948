import { describe, expect, it } from '@jest/globals';

import { readTelemetry, type TelemetrySettings } from './read-telemetry.js';
import { VariableReader } from './variable-reader.js';

function read(variables: Record<string, string>): TelemetrySettings {
  const reader = new VariableReader(variables);
  const settings = readTelemetry(reader);
  expect(reader.problems).toEqual([]);
  return settings;
}

const exportsOf = (variables: Record<string, string>): object => {
  const { traces, metrics } = read(variables).exports;
  return { traces, metrics };
};
const ENDPOINT = 'http://collector:4318';

describe('readTelemetry', () => {
  it('serves metrics and exports nothing unless it is told to', () => {
    expect(read({}).metrics).toBe(true);
    expect(read({ METRICS: 'off' }).metrics).toBe(false);
    expect(read({ METRICS_QUEUE_DEPTH_SECONDS: '30' }).queueDepthIntervalMs).toBe(30_000);
    expect(exportsOf({ OTEL_SERVICE_NAME: 'orders' })).toEqual({ traces: false, metrics: [] });
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT }, true, ['otlp']],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ENDPOINT }, true, []],
    [{ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: ENDPOINT }, false, ['otlp']],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, true, []],
    [{ OTEL_TRACES_EXPORTER: 'console' }, true, []],
    [{ OTEL_METRICS_EXPORTER: 'otlp, console' }, false, ['otlp', 'console']],
    [{ OTEL_METRICS_EXPORTER: 'prometheus' }, false, []],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT, OTEL_METRICS_EXPORTER: 'none' }, true, []],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }, false, ['otlp']],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT, OTEL_SDK_DISABLED: 'TRUE' }, false, []],
  ])('exports what the standard variables ask for: %j', (variables, traces, metrics) => {
    expect(exportsOf(variables)).toEqual({ traces, metrics });
  });

  it('takes the protocol of metrics from the nearer variable, and knows who names the service', () => {
    const { exports } = read({
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/json',
      OTEL_METRIC_EXPORT_INTERVAL: '5000',
      OTEL_RESOURCE_ATTRIBUTES: 'team=a,service.name=orders',
    });
    expect(exports).toMatchObject({
      metricsProtocol: 'http/json',
      metricsIntervalMs: 5_000,
      needsServiceName: false,
    });
    expect(read({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }).exports.metricsProtocol).toBe('grpc');
    expect(read({ OTEL_RESOURCE_ATTRIBUTES: 'service.namespace=shop' }).exports.needsServiceName).toBe(true);
  });

  it.each([
    [{ METRICS: 'yes' }, 'METRICS="yes": must be one of on, off'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'http' }, 'OTEL_EXPORTER_OTLP_PROTOCOL="http": must be one of'],
    [{ OTEL_METRICS_EXPORTER: 'otpl' }, 'OTEL_METRICS_EXPORTER="otpl": must be some of'],
    [{ METRICS_QUEUE_DEPTH_SECONDS: '-1' }, 'METRICS_QUEUE_DEPTH_SECONDS="-1": must be a whole number'],
  ])('refuses %j', (variables, problem) => {
    const reader = new VariableReader(variables);
    readTelemetry(reader);
    expect(reader.problems).toEqual([expect.stringContaining(problem)]);
  });
});
