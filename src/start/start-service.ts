import { type AddressInfo } from 'node:net';

import { type Configuration } from '../config/index.js';
import { stopOnSignals } from '../stop-on-signals.js';
import { createLogger } from '../logging/index.js';
import { keepRunning } from './keep-running.js';
import { logReady } from './log-ready.js';
import { openNamespace } from './open-namespace.js';
import { startApplication } from './start-application.js';

/** Starts the whole service in this process; a signal stops it. */
export async function startService(configuration: Configuration): Promise<void> {
  const logger = await createLogger(configuration);
  keepRunning(logger);
  for (const warning of configuration.warnings) logger.warn(warning, 'Configuration');
  const namespace = await openNamespace(configuration, logger);
  try {
    const app = await startApplication(configuration, namespace.options, logger, {
      isEmulatorOurs: configuration.broker.kind === 'embedded',
    });
    stopOnSignals(logger, {
      close: async () => {
        await app.close();
        await namespace.close();
      },
    });
    logReady(configuration, (app.getHttpServer().address() as AddressInfo).port, logger);
  } catch (error) {
    await namespace.close();
    throw error;
  }
}
