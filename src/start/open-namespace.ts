import { type LoggerService } from '@nestjs/common';

import { type Configuration } from '../config/index.js';
import { type NamespaceOptions } from 'nestjs-service-bus';

/** The Service Bus that the service connects to; `close()` stops what was started for it. */
export interface OpenNamespace {
  readonly options: NamespaceOptions;
  close(): Promise<void>;
}

/** Signs in to the namespace that the configuration names, or starts an emulator in this process. */
export async function openNamespace(
  { broker, queues }: Configuration,
  logger: LoggerService,
): Promise<OpenNamespace> {
  const close = (): Promise<void> => Promise.resolve();
  switch (broker.kind) {
    case 'connection-string':
      return { options: { connectionString: broker.connectionString }, close };
    case 'namespace': {
      const { fullyQualifiedNamespace, signIn } = broker;
      const { createCredential } = await import('../sign-in/create-credential.js');
      return {
        options: { fullyQualifiedNamespace, credential: await createCredential(signIn, logger) },
        close,
      };
    }
    case 'embedded': {
      const { startEmbeddedEmulator } = await import('./start-embedded-emulator.js');
      const emulator = await startEmbeddedEmulator(broker, queues, logger);
      const { connectionString } = emulator;
      return { options: { connectionString }, close: () => emulator.close() };
    }
  }
}
