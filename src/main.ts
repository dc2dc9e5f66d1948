import 'reflect-metadata';

import { loadVariables, readConfiguration } from './config/index.js';
import { describeFailure } from './start/describe-failure.js';
import { startTelemetry } from './telemetry/start-telemetry.js';

try {
  const configuration = readConfiguration(loadVariables());
  await startTelemetry(configuration);
  // Loaded only now: a wrong variable is told at once, and each way of running loads only what it needs.
  if (configuration.workers === 1) {
    const { startService } = await import('./start/start-service.js');
    await startService(configuration);
  } else {
    const { startWorkers } = await import('./workers/start-workers.js');
    await startWorkers(configuration);
  }
} catch (error) {
  process.stderr.write(`${describeFailure(error)}\n`);
  process.exit(1);
}
