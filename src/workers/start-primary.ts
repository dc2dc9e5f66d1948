import cluster from 'node:cluster';

import { type Environment } from '../environment.js';
import { createLogger } from '../logging/index.js';
import { describeFailure } from '../start/describe-failure.js';
import { keepRunning } from '../start/keep-running.js';
import { logReady } from '../start/log-ready.js';
import { type OpenNamespace, openNamespace } from '../start/open-namespace.js';
import { stopOnSignals } from '../stop-on-signals.js';
import { WorkerPool } from './worker-pool.js';
import { WorkersError } from './workers.error.js';

/** Longer than the workers are given, with the emulator's end. */
const DEADLINE_MS = 45_000;

/** Starts the workers, and the emulator that they share if no Service Bus is configured. */
export async function startPrimary(environment: Environment): Promise<void> {
  // The workers take their connections themselves. Handed out in turns by the primary, one that is on its way to a
  // worker which dies would stay open for ever, with nobody to answer it.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  const logger = await createLogger(environment);
  keepRunning(logger);
  const namespace = await openNamespace(environment, logger);
  const pool = new WorkerPool(variablesFor(environment, namespace.options), logger);
  const close = async (): Promise<void> => {
    const failures = await pool.stop();
    await namespace.close();
    if (failures.length > 0) throw new WorkersError(failures);
  };
  const stop = stopOnSignals(logger, { close, abandon: () => pool.kill(), deadlineMs: DEADLINE_MS });
  try {
    const port = await pool.start(environment.workers);
    logReady(environment, port, logger);
  } catch (error) {
    // Those that could not start have ended in their own way.
    await pool.stop();
    await namespace.close();
    throw error;
  }
  pool.failed.catch((error: unknown) => {
    logger.error(describeFailure(error), undefined, 'Workers');
    stop('no worker stays', 1);
  });
}

/** Workers have the primary's variables; an emulator of the primary is a Service Bus like any other to them. */
function variablesFor({ broker }: Environment, options: OpenNamespace['options']): Record<string, string> {
  if (broker.kind !== 'embedded' || !('connectionString' in options)) return {};
  return { SB_CONNECTION: options.connectionString };
}
