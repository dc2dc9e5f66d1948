import { type LoggerService } from '@nestjs/common';
import cluster from 'node:cluster';

import { type Configuration } from '../config/index.js';
import { createLogger } from '../logging/index.js';
import { describeFailure } from '../start/describe-failure.js';
import { keepRunning } from '../start/keep-running.js';
import { logReady } from '../start/log-ready.js';
import { type EmbeddedEmulator, startEmbeddedEmulator } from '../start/start-embedded-emulator.js';
import { stopOnSignals } from '../stop-on-signals.js';
import { WorkerPool } from './worker-pool.js';
import { WorkersError } from './workers.error.js';

/** Longer than the workers and the emulator need to close. */
const DEADLINE_MS = 45_000;

/** Starts the workers, and the emulator that they share if no Service Bus is configured. */
export async function startPrimary(configuration: Configuration): Promise<void> {
  // The workers accept connections themselves. If the primary handed them out, one in transit to a worker that dies
  // would stay open for ever without an answer.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  const logger = await createLogger(configuration);
  keepRunning(logger);
  for (const warning of configuration.warnings) logger.warn(warning, 'Configuration');
  const emulator = await startEmulator(configuration, logger);
  const pool = new WorkerPool(emulator ? { SB_CONNECTION: emulator.connectionString } : {}, logger);
  const close = async (): Promise<void> => {
    const failures = await pool.stop();
    await emulator?.close();
    if (failures.length > 0) throw new WorkersError(failures);
  };
  const stop = stopOnSignals(logger, { close, abandon: () => pool.kill(), deadlineMs: DEADLINE_MS });
  try {
    const port = await pool.start(configuration.workers);
    logReady(configuration, port, logger);
  } catch (error) {
    // Workers that could not start have exited already.
    await pool.stop();
    await emulator?.close();
    throw error;
  }
  pool.failed.catch((error: unknown) => {
    logger.error(describeFailure(error), undefined, 'Workers');
    stop('no worker stays', 1);
  });
}

/** Starts the emulator that the workers share; to a namespace each of them connects itself. */
async function startEmulator(
  { broker, queues }: Configuration,
  logger: LoggerService,
): Promise<EmbeddedEmulator | undefined> {
  return broker.kind === 'embedded' ? startEmbeddedEmulator(broker, queues, logger) : undefined;
}
