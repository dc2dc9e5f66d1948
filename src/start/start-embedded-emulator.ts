import { type LoggerService } from '@nestjs/common';
import { fileURLToPath } from 'node:url';

import { type Configuration } from '../config/index.js';
import { explainListenError } from './explain-listen-error.js';
import { StartError } from './start.error.js';

const CONFIG = fileURLToPath(new URL('../../Config.json', import.meta.url));

/** A running emulator; `close()` stops it. */
export interface EmbeddedEmulator {
  readonly connectionString: string;
  close(): Promise<void>;
}

/**
 * Starts the emulator, with the entities of Config.json and the queues that the configuration names.
 * Only development and tests get here: production never loads the emulator.
 */
export async function startEmbeddedEmulator(
  { port, administrationPort }: { port: number; administrationPort: number },
  queues: Configuration['queues'],
  logger: LoggerService,
): Promise<EmbeddedEmulator> {
  const { readEntities, startEmulator } = await import('service-bus-emulator');
  const entities = await readEntities(CONFIG, (warning) => void logger.warn(warning, 'Emulator'));
  const known = (entities.queues ?? []).map((queue) => (typeof queue === 'string' ? queue : queue.name));
  const missing = missingQueues(known, queues);
  try {
    const emulator = await startEmulator({
      // Other programs may know the port by configuration and dial either address.
      host: 'localhost',
      port,
      administrationPort,
      entities: { ...entities, queues: [...(entities.queues ?? []), ...missing] },
    });
    logger.log(
      `no Service Bus is configured, an emulator runs in this process: ${emulator.connectionString}`,
      'Emulator',
    );
    return emulator;
  } catch (error) {
    // Its own rules for names: what the configuration allows may be a name in a namespace.
    if (error instanceof Error && error.name === 'BrokerError') {
      throw new StartError(`the emulator does not have all queues that are configured: ${error.message}`);
    }
    throw explainListenError(error, { EMULATOR_PORT: port, EMULATOR_ADMIN_PORT: administrationPort });
  }
}

/** Entity names are compared without regard to case; the first spelling stays. */
function missingQueues(known: readonly string[], queues: Configuration['queues']): string[] {
  const seen = new Set(known.map((name) => name.toLowerCase()));
  return Object.values(queues)
    .flatMap(({ inQueue, outQueue }) => [inQueue, outQueue])
    .filter((name) => !seen.has(name.toLowerCase()) && seen.add(name.toLowerCase()));
}
