import cluster from 'node:cluster';

import { type Configuration } from '../config/index.js';

/** Starts the service on several processes; each comes by here, and loads only its own part. */
export async function startWorkers(configuration: Configuration): Promise<void> {
  if (cluster.worker) {
    const { startWorker } = await import('./start-worker.js');
    await startWorker(configuration, cluster.worker);
  } else {
    const { startPrimary } = await import('./start-primary.js');
    await startPrimary(configuration);
  }
}
