import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { type MetricData, type MetricReader, type ResourceMetrics } from '@opentelemetry/sdk-metrics';

/** [OpenTelemetry to Prometheus] A unit is part of the name there, written out. */
const UNITS = new Map([
  ['s', '_seconds'],
  ['By', '_bytes'],
  ['1', '_ratio'],
]);

// The scraper knows which target this is, and no two instruments of ours share a name.
const serializer = new PrometheusSerializer(undefined, false, undefined, true, true);

/** All metrics as Prometheus reads them; the second of its values says which of them could not be collected. */
export async function prometheusText(reader: MetricReader): Promise<{ text: string; errors: unknown[] }> {
  const { resourceMetrics, errors } = await reader.collect();
  // Some attributes of a process are found out in the background, and the serializer looks at them all.
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
