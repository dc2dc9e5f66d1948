import cluster from 'node:cluster';

import { type Configuration } from '../config/index.js';
import { type RunningTelemetry, setRunningTelemetry } from './running-telemetry.js';

/**
 * Starts the telemetry of this process, before any part of the application is loaded: an SDK that starts later
 * instruments nothing. Loads nothing when telemetry is off.
 */
export async function startTelemetry({
  telemetry,
  workers,
}: Pick<Configuration, 'telemetry' | 'workers'>): Promise<RunningTelemetry | undefined> {
  // A primary handles no messages: its workers report theirs.
  if (workers > 1 && cluster.isPrimary) return undefined;
  const { metrics, exports } = telemetry;
  const isExported = exports.traces || exports.metrics.length > 0;
  if (!metrics && !isExported) return undefined;
  const { openTelemetry } = await import('./open-telemetry.js');
  const running = await openTelemetry(telemetry);
  setRunningTelemetry(running);
  return running;
}
