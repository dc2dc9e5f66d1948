import { type IncomingHttpHeaders } from 'node:http';

// [W3C Trace Context 3.2.2]
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}(?:-.*)?$/;

/** Returns the properties that make a message part of its HTTP request's trace, under the names receivers read. */
export function traceProperties(
  { traceparent, tracestate }: IncomingHttpHeaders,
  custom: Readonly<Record<string, string>>,
): Record<string, string> {
  // A message with a trace of its own keeps it.
  if ('traceparent' in custom || 'Diagnostic-Id' in custom) return {};
  if (typeof traceparent !== 'string' || !TRACEPARENT.test(traceparent)) return {};
  const trace: Record<string, string> = { traceparent, 'Diagnostic-Id': traceparent };
  if (typeof tracestate === 'string') trace['tracestate'] = tracestate;
  return trace;
}
