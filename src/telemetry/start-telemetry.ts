import cluster from 'node:cluster';

import { type Configuration } from '../config/index.js';
import { type RunningTelemetry, setRunningTelemetry } from './running-telemetry.js';

/**
 * Starts what measures and traces this process, before anything of the application is loaded: an SDK that comes
 * later would not be seen. Loads nothing where nothing is asked for.
 */
export async function startTelemetry({
  telemetry,
  workers,
}: Pick<Configuration, 'telemetry' | 'workers'>): Promise<RunningTelemetry | undefined> {
  // A primary process handles no message: its workers tell of theirs.
  if (workers > 1 && cluster.isPrimary) return undefined;
  const { metrics, exports } = telemetry;
  const isExported = exports.traces || exports.metrics.length > 0;
  if (!metrics && !isExported) return undefined;
  const { openTelemetry } = await import('./open-telemetry.js');
  const running = await openTelemetry(telemetry);
  setRunningTelemetry(running);
  return running;
}
