import { type IncomingHttpHeaders } from 'node:http';

// [W3C Trace Context 3.2.2]
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}(?:-.*)?$/;

/** What makes a message part of the trace that its HTTP request is part of, under the names that receivers know. */
export function traceProperties(
  { traceparent, tracestate }: IncomingHttpHeaders,
  custom: Readonly<Record<string, string>>,
): Record<string, string> {
  // A message that tells its own trace keeps it.
  if ('traceparent' in custom || 'Diagnostic-Id' in custom) return {};
  if (typeof traceparent !== 'string' || !TRACEPARENT.test(traceparent)) return {};
  const trace: Record<string, string> = { traceparent, 'Diagnostic-Id': traceparent };
  if (typeof tracestate === 'string') trace['tracestate'] = tracestate;
  return trace;
}
