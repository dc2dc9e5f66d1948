import cluster from 'node:cluster';

import { type Environment } from '../environment.js';

/** Starts the service on several processes; each comes by here, and loads only its own part. */
export async function startWorkers(environment: Environment): Promise<void> {
  if (cluster.worker) {
    const { startWorker } = await import('./start-worker.js');
    await startWorker(environment, cluster.worker);
  } else {
    const { startPrimary } = await import('./start-primary.js');
    await startPrimary(environment);
  }
}
