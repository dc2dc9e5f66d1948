import { type AddressInfo } from 'node:net';

import { type Environment } from '../environment.js';
import { stopOnSignals } from '../stop-on-signals.js';
import { createLogger } from '../logging/index.js';
import { keepRunning } from './keep-running.js';
import { logReady } from './log-ready.js';
import { openNamespace } from './open-namespace.js';
import { startApplication } from './start-application.js';

/** Starts the whole service in this process; a signal stops it. */
export async function startService(environment: Environment): Promise<void> {
  const logger = await createLogger(environment);
  keepRunning(logger);
  const namespace = await openNamespace(environment, logger);
  try {
    const app = await startApplication(environment, namespace.options, logger, {
      isEmulatorOurs: environment.broker.kind === 'embedded',
    });
    stopOnSignals(logger, {
      close: async () => {
        await app.close();
        await namespace.close();
      },
    });
    logReady(environment, (app.getHttpServer().address() as AddressInfo).port, logger);
  } catch (error) {
    await namespace.close();
    throw error;
  }
}
