import { type SpanContext } from '@opentelemetry/api';

type Properties = Readonly<Record<string, unknown>>;

const TRACEPARENT = 'traceparent';
const TRACESTATE = 'tracestate';
/** What the Azure SDKs called a `traceparent` before there was a standard. */
const DIAGNOSTIC_ID = 'Diagnostic-Id';

// [W3C Trace Context 3.2.2] Later versions may add fields behind these four.
const FORM = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(?:-.*)?$/;

/** The trace that a message belongs to, read from either of its names; nothing where there is none. */
export function readTraceContext(properties: Properties | undefined): SpanContext | undefined {
  if (!properties) return undefined;
  const fields = fieldsOf(properties[TRACEPARENT]) ?? fieldsOf(properties[DIAGNOSTIC_ID]);
  if (!fields) return undefined;
  const [, traceId = '', spanId = '', flags = ''] = fields;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}

/** A message's `tracestate`, which goes where its trace goes. */
export function readTraceState(properties: Properties | undefined): string | undefined {
  const state = properties?.[TRACESTATE];
  return typeof state === 'string' ? state : undefined;
}

/** The application properties that make a message part of a trace, under both names. */
export function writeTraceContext(span: SpanContext): Record<string, string> {
  const flags = (span.traceFlags & 0xff).toString(16).padStart(2, '0');
  const traceparent = `00-${span.traceId}-${span.spanId}-${flags}`;
  return namedTrace(traceparent, span.traceState?.serialize());
}

/** An input's trace, for the message that comes of it, where nobody traces here: as it came, under both names. */
export function carriedTrace(properties: Properties | undefined): Record<string, string> | undefined {
  if (!properties) return undefined;
  const traceparent = properties[TRACEPARENT];
  const diagnosticId = properties[DIAGNOSTIC_ID];
  if (typeof traceparent === 'string') {
    const trace = namedTrace(traceparent, readTraceState(properties));
    if (typeof diagnosticId === 'string') trace[DIAGNOSTIC_ID] = diagnosticId;
    return trace;
  }
  if (typeof diagnosticId !== 'string') return undefined;
  // Its older forms are no `traceparent`.
  return fieldsOf(diagnosticId)
    ? namedTrace(diagnosticId, readTraceState(properties))
    : { [DIAGNOSTIC_ID]: diagnosticId };
}

function namedTrace(traceparent: string, state: string | undefined): Record<string, string> {
  const trace: Record<string, string> = { [TRACEPARENT]: traceparent, [DIAGNOSTIC_ID]: traceparent };
  if (state) trace[TRACESTATE] = state;
  return trace;
}

function fieldsOf(value: unknown): RegExpExecArray | null {
  return typeof value === 'string' ? FORM.exec(value) : null;
}
