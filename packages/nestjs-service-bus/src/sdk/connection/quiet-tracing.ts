import {
  createTracingClient,
  type Instrumenter,
  type TracingContext,
  useInstrumenter,
} from '@azure/core-tracing';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** One context for all: it has the namespace already, so that core-tracing does not copy it to add one. */
const CONTEXT: TracingContext = {
  setValue: () => CONTEXT,
  deleteValue: () => CONTEXT,
  getValue: () => 'Microsoft.ServiceBus',
};

const client = createTracingClient({ namespace: 'Microsoft.ServiceBus', packageName: 'probe' });

const nothing = (): void => undefined;
const SPAN = {
  end: nothing,
  isRecording: () => false,
  recordException: nothing,
  setAttribute: nothing,
  setStatus: nothing,
  addEvent: nothing,
};
const STARTED = { span: SPAN, tracingContext: CONTEXT };

const QUIET: Instrumenter = {
  createRequestHeaders: () => ({}),
  parseTraceparentHeader: () => undefined,
  startSpan: () => STARTED,
  withContext: (_context, callback, ...callbackArguments) => callback(...callbackArguments),
};

/**
 * Makes the SDK's spans free where nobody records them. By default the SDK makes a span of six closures and two maps for
 * each message received, sent and settled, a tenth of all the time that a message takes. Keeps an instrumentation that
 * is installed already; one that is installed later replaces this.
 */
export function quietTracing(): void {
  const { span } = client.startSpan('probe');
  const isRecording = span.isRecording();
  span.end();
  if (!isRecording && !isInstrumented()) useInstrumenter(QUIET);
}

/** Whether an instrumentation records the SDK's spans, or at least propagates their contexts. */
export function isInstrumented(): boolean {
  return client.parseTraceparentHeader(TRACEPARENT) !== undefined;
}
