import type * as api from '@opentelemetry/api';

type Api = typeof api;

const SCOPE = 'nestjs-service-bus';
/** [OpenTelemetry API 1.x] Where an SDK registers itself for all who use the API. */
const REGISTRY = Symbol.for('opentelemetry.js.api.1');

/** OpenTelemetry, where the process has set up an SDK for it. */
export interface OpenTelemetry {
  readonly api: Api;
  /** Undefined where nobody collects traces. */
  readonly tracer: api.Tracer | undefined;
  /** Undefined where nobody collects metrics. */
  readonly meter: api.Meter | undefined;
}

/** Finds the SDK that was set up before; without one nothing is loaded, and nothing is spent on it later. */
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
