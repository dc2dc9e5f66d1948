import {
  createTracingClient,
  type Instrumenter,
  type TracingContext,
  useInstrumenter,
} from '@azure/core-tracing';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** One context for all: it says which namespace it is for, so that nobody copies it to say so. */
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
 * Makes the SDK's spans free of charge where nobody records them. Its own way of recording nothing makes a span of
 * six closures and two maps for each message received, sent and settled: a tenth of all the time a message takes.
 * An instrumentation that is there already stays, and one that comes later takes our place.
 */
export function quietTracing(): void {
  const { span } = client.startSpan('probe');
  const isRecording = span.isRecording();
  span.end();
  if (!isRecording && !isInstrumented()) useInstrumenter(QUIET);
}

/** Somebody records the SDK's spans, or did not want them recorded, but carried on. */
export function isInstrumented(): boolean {
  return client.parseTraceparentHeader(TRACEPARENT) !== undefined;
}
