import { type Worker } from 'node:cluster';
import { type AddressInfo } from 'node:net';

import { type Configuration } from '../config/index.js';
import { createLogger } from '../logging/index.js';
import { describeFailure } from '../start/describe-failure.js';
import { keepRunning } from '../start/keep-running.js';
import { openNamespace } from '../start/open-namespace.js';
import { startApplication } from '../start/start-application.js';
import { stopOnSignals } from '../stop-on-signals.js';
import { shareMetrics } from './share-metrics.js';
import { EMBEDDED_EMULATOR } from './worker-process.js';
import { isPrimaryMessage, tellPrimary } from './worker-message.js';

/** Starts the service in a worker of the cluster; the primary hears when it is ready, or why it is not. */
export async function startWorker(configuration: Configuration, worker: Worker): Promise<void> {
  const number = Number(process.argv[process.argv.indexOf('--worker') + 1]);
  const logger = await createLogger(configuration, number);
  keepRunning(logger);
  shareMetrics();
  const starting = openNamespace(configuration, logger).then(({ options }) =>
    startApplication(configuration, options, logger, {
      isEmulatorOurs: process.argv.includes(EMBEDDED_EMULATOR),
    }),
  );
  const close = async (): Promise<void> => {
    // One that could not start tells its reason below.
    const app = await starting.catch(() => undefined);
    await app?.close();
  };
  const stop = stopOnSignals(logger, { close });
  process.on('message', (message) => {
    if (isPrimaryMessage(message) && message.kind === 'stop') stop('told by the primary');
  });
  worker.on('disconnect', () => {
    // The primary is gone. Node would exit at once, with messages in work.
    worker.exitedAfterDisconnect = true;
    stop('the primary process is gone');
  });
  try {
    const { port } = (await starting).getHttpServer().address() as AddressInfo;
    await tellPrimary({ kind: 'ready', port });
  } catch (error) {
    await tellPrimary({ kind: 'failed', reason: describeFailure(error) });
    process.exit(1);
  }
}
