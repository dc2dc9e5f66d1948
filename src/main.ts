import 'reflect-metadata';

import { loadVariables, readEnvironment } from './environment.js';
import { describeFailure } from './start/describe-failure.js';
import { startTelemetry } from './telemetry/start-telemetry.js';

try {
  const environment = readEnvironment(loadVariables());
  await startTelemetry(environment);
  // Loaded only now: a wrong variable is told at once, and each way of running loads only what it needs.
  if (environment.workers === 1) {
    const { startService } = await import('./start/start-service.js');
    await startService(environment);
  } else {
    const { startWorkers } = await import('./workers/start-workers.js');
    await startWorkers(environment);
  }
} catch (error) {
  process.stderr.write(`${describeFailure(error)}\n`);
  process.exit(1);
}
