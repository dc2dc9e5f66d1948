import { type LoggerService } from '@nestjs/common';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { ServiceBusClient } from '@azure/service-bus';
import { fileURLToPath } from 'node:url';

import { AppModule } from '../../src/app.module.js';
import { type Emulator, type EmulatorOptions, readEntities } from 'service-bus-emulator';
import { readConfiguration } from '../../src/config/index.js';
import { createApplication } from '../../src/http/create-application.js';
import { type HttpOptions } from '../../src/http/http-options.js';
import { startTestEmulator } from './start-emulator.js';
import { until } from './until.js';

const CONFIG = fileURLToPath(new URL('../../Config.json', import.meta.url));
// These tests provoke failures, whose log lines are noise.
const ignore = (): void => undefined;
const SILENT: LoggerService = { log: ignore, error: ignore, warn: ignore };

/** The whole service on an emulator, and an SDK client. */
export interface RunningApp {
  readonly app: NestExpressApplication;
  readonly emulator: Emulator;
  readonly client: ServiceBusClient;
  /** `http://127.0.0.1:port`, without a slash. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts the service as `variables` of the environment say, on free ports, and waits until it is ready. The
 * emulator has the entities of Config.json and those given; `http` stands above what the variables say of HTTP.
 */
export async function startApp(
  variables: Readonly<Record<string, string>> = {},
  queues: NonNullable<EmulatorOptions['entities']>['queues'] = [],
  http: Partial<HttpOptions> = {},
): Promise<RunningApp> {
  const entities = await readEntities(CONFIG);
  const emulator = await startTestEmulator({ ...entities, queues: [...(entities.queues ?? []), ...queues] });
  const { connectionString } = emulator;
  const environment = readConfiguration({ SB_CONNECTION: connectionString, ...variables });
  const app = await createApplication(AppModule.from(environment, { connectionString }), SILENT, {
    ...environment.http,
    ...http,
  });
  const client = new ServiceBusClient(connectionString);
  const close = async (): Promise<void> => {
    await client.close();
    await app.close();
    await emulator.close();
  };
  try {
    await app.listen(0, '127.0.0.1');
    await app.startAllMicroservices();
    const url = await app.getUrl();
    await until(async () => (await fetch(`${url}/health`)).status === 200);
    return { app, emulator, client, url, close };
  } catch (error) {
    await close();
    throw error;
  }
}
