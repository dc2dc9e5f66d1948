import { type DynamicModule } from '@nestjs/common';

import { type NamespaceOptions } from 'nestjs-service-bus';
import { AppModule } from './app.module.js';
import { type Broker, loadVariables, readConfiguration, type Variables } from './config/index.js';

/**
 * The service's root module as its variables say, for commands that look at an application and do not start it:
 * `npm run topology -- describe src/root-module.ts`.
 */
export async function rootModule(variables: Variables = loadVariables()): Promise<DynamicModule> {
  const configuration = readConfiguration(variables);
  return AppModule.from(configuration, await namespaceOf(configuration.broker));
}

async function namespaceOf(broker: Broker): Promise<NamespaceOptions> {
  switch (broker.kind) {
    case 'connection-string':
      return { connectionString: broker.connectionString };
    case 'namespace': {
      const { fullyQualifiedNamespace, signIn } = broker;
      const { createCredential } = await import('./sign-in/create-credential.js');
      // What a command tells is for others to read.
      const silent = { log: () => undefined, warn: () => undefined, error: () => undefined };
      return { fullyQualifiedNamespace, credential: await createCredential(signIn, silent) };
    }
    case 'embedded': {
      // Where `npm start` has its emulator; nothing is there unless that runs.
      const address = `Endpoint=sb://127.0.0.1:${broker.port}`;
      const key = 'SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE';
      return { connectionString: `${address};${key};UseDevelopmentEmulator=true;` };
    }
  }
}
