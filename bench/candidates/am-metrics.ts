import { readConfiguration } from '../../src/config/index.js';
import { startTelemetry } from '../../src/telemetry/start-telemetry.js';
import { type Assignment, type Running } from './running.js';

/** A with metrics on, as the service has them for `/metrics`. */
export async function start(assignment: Assignment): Promise<Running> {
  await startTelemetry(readConfiguration({ METRICS: 'on' }));
  // The SDK has to be registered before the transport looks for it.
  const { start: startTransport } = await import('./a-transport.js');
  return startTransport(assignment);
}
