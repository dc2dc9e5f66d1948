import type * as api from '@opentelemetry/api';

type Api = typeof api;

const SCOPE = 'nestjs-service-bus';
/** [OpenTelemetry API 1.x] Where an SDK registers itself globally. */
const REGISTRY = Symbol.for('opentelemetry.js.api.1');

/** OpenTelemetry, if the process has set up an SDK. */
export interface OpenTelemetry {
  readonly api: Api;
  /** Undefined when traces are off. */
  readonly tracer: api.Tracer | undefined;
  /** Undefined when metrics are off. */
  readonly meter: api.Meter | undefined;
}

/** Finds the SDK that was set up before. Without one, not even the API is loaded, and telemetry costs nothing. */
export async function findOpenTelemetry(): Promise<OpenTelemetry | undefined> {
  const registered = (globalThis as { [REGISTRY]?: Partial<Record<'trace' | 'metrics', unknown>> })[REGISTRY];
  if (!registered?.trace && !registered?.metrics) return undefined;
  const loaded: Api = await import('@opentelemetry/api');
  return {
    api: loaded,
    tracer: registered.trace ? loaded.trace.getTracer(SCOPE) : undefined,
    meter: registered.metrics ? loaded.metrics.getMeter(SCOPE) : undefined,
  };
}
