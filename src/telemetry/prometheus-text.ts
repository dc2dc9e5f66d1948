import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { type MetricData, type MetricReader, type ResourceMetrics } from '@opentelemetry/sdk-metrics';

/** [OpenTelemetry to Prometheus] The unit, spelled out, is part of the name. */
const UNITS = new Map([
  ['s', '_seconds'],
  ['By', '_bytes'],
  ['1', '_ratio'],
]);

// Without target and scope: the scraper knows the target, and no two of our instruments share a name.
const serializer = new PrometheusSerializer(undefined, false, undefined, true, true);

/** Returns all metrics in Prometheus' format, and the errors of those that could not be collected. */
export async function prometheusText(reader: MetricReader): Promise<{ text: string; errors: unknown[] }> {
  const { resourceMetrics, errors } = await reader.collect();
  // Some resource attributes are detected in the background, and the serializer reads them all.
  await resourceMetrics.resource.waitForAsyncAttributes?.();
  return { text: serializer.serialize(withUnits(resourceMetrics)), errors };
}

// The serializer leaves units out of the names.
function withUnits(metrics: ResourceMetrics): ResourceMetrics {
  return {
    ...metrics,
    scopeMetrics: metrics.scopeMetrics.map((scope) => ({ ...scope, metrics: scope.metrics.map(withUnit) })),
  };
}

function withUnit<Data extends MetricData>(data: Data): Data {
  const { name, unit } = data.descriptor;
  return { ...data, descriptor: { ...data.descriptor, name: name + (UNITS.get(unit) ?? ''), unit: '' } };
}
