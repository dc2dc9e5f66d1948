import type * as api from '@opentelemetry/api';

/** [OpenTelemetry API 1.x] Where an SDK registers itself globally. */
const REGISTRY = Symbol.for('opentelemetry.js.api.1');

type Registered = Partial<Record<'trace' | 'metrics', unknown>>;

/** OpenTelemetry's API, if the process has set up an SDK; else not even the API is loaded. */
export async function findOpenTelemetryApi(): Promise<typeof api | undefined> {
  const registered = (globalThis as { [REGISTRY]?: Registered })[REGISTRY];
  return registered?.trace || registered?.metrics ? import('@opentelemetry/api') : undefined;
}

/**
 * The properties that make a message part of the caller's trace. Its send, in another process perhaps, continues it: the
 * transport takes a message's own trace where nothing else is active.
 */
export function callerTrace(telemetry: typeof api | undefined): Record<string, string> | undefined {
  const context = telemetry?.trace.getSpanContext(telemetry.context.active());
  if (!context || !telemetry?.isSpanContextValid(context)) return undefined;
  const flags = (context.traceFlags & 0xff).toString(16).padStart(2, '0');
  const traceparent = `00-${context.traceId}-${context.spanId}-${flags}`;
  const state = context.traceState?.serialize();
  // The Azure SDKs of old read the second name.
  return { traceparent, 'Diagnostic-Id': traceparent, ...(state ? { tracestate: state } : {}) };
}
