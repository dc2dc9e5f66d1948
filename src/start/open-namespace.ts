import { type LoggerService } from '@nestjs/common';

import { type Environment } from '../environment.js';
import { type NamespaceOptions } from 'nestjs-service-bus';

/** The Service Bus that the service talks to; `close()` ends what was started for it. */
export interface OpenNamespace {
  readonly options: NamespaceOptions;
  close(): Promise<void>;
}

/** Finds the namespace that the environment names, or starts an emulator in this process. */
export async function openNamespace(
  { broker, queues }: Environment,
  logger: LoggerService,
): Promise<OpenNamespace> {
  const close = (): Promise<void> => Promise.resolve();
  switch (broker.kind) {
    case 'connection-string':
      return { options: { connectionString: broker.connectionString }, close };
    case 'namespace':
      return { options: { fullyQualifiedNamespace: broker.fullyQualifiedNamespace }, close };
    case 'embedded': {
      const { startEmbeddedEmulator } = await import('./start-embedded-emulator.js');
      const emulator = await startEmbeddedEmulator(broker, queues);
      const { connectionString } = emulator;
      logger.log(
        `no Service Bus is configured, an emulator runs in this process: ${connectionString}`,
        'Emulator',
      );
      return { options: { connectionString }, close: () => emulator.close() };
    }
  }
}
