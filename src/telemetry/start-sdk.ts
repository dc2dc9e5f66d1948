import { Logger } from '@nestjs/common';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { type HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { type MetricReader } from '@opentelemetry/sdk-metrics';
import { createRequire } from 'node:module';

import { type TelemetrySettings } from '../config/index.js';
import { Diagnostics } from './diagnostics.js';
import { makeExportReaders } from './make-export-readers.js';

type Exports = TelemetrySettings['exports'];

const SERVICE_NAME = 'nestjs-service-bus';
/** Probes and scrapers ask for these every few seconds. */
const NOT_TRACED = /^\/(?:health|metrics)(?:$|[/?])/;

/**
 * Starts OpenTelemetry's SDK as its standard variables say. Call it before anything loads `http`.
 * Rejects when the packages are not installed.
 */
export async function startSdk(
  exports: Exports,
  readers: readonly MetricReader[],
): Promise<{ shutdown(): Promise<void> }> {
  const { NodeSDK, resources } = await import('@opentelemetry/sdk-node');
  // What it says before the process has its log is kept for that.
  Logger.attachBuffer();
  diag.setLogger(new Diagnostics(), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const named = { 'service.name': SERVICE_NAME };
  const sdk = new NodeSDK({
    ...(exports.needsServiceName && {
      resource: resources.defaultResource().merge(resources.resourceFromAttributes(named)),
    }),
    metricReaders: [...readers, ...(await makeExportReaders(exports))],
    // The service writes its own log.
    logRecordProcessors: [],
    ...(exports.traces ? { instrumentations: [await httpInstrumentation()] } : { spanProcessors: [] }),
  });
  sdk.start();
  // Loads `http` now, so that it is instrumented for ES modules too.
  createRequire(import.meta.url)('node:http');
  return sdk;
}

async function httpInstrumentation(): Promise<HttpInstrumentation> {
  const http = await import('@opentelemetry/instrumentation-http');
  return new http.HttpInstrumentation({
    ignoreIncomingRequestHook: ({ url }) => NOT_TRACED.test(url ?? ''),
    // Background requests, such as those for a queue's depth, start no trace.
    requireParentforOutgoingSpans: true,
  });
}
