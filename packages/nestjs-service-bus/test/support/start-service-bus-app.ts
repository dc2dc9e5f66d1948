import { type INestApplication, type ModuleMetadata, type Type, ValidationPipe } from '@nestjs/common';
import { Test } from '@nestjs/testing';

import { until } from '../../../../test/support/until.js';
import {
  ServiceBusHealthIndicator,
  ServiceBusModule,
  type ServiceBusModuleOptions,
  ServiceBusServer,
} from '../../src/index.js';

/** An application with the transport, set up as a user would, on a given namespace. */
export interface ServiceBusApp {
  readonly app: INestApplication;
  readonly server: ServiceBusServer;
  readonly health: ServiceBusHealthIndicator;
  /** Resolves when every binding receives. */
  receiving(): Promise<void>;
  close(): Promise<void>;
}

export interface ServiceBusAppSetup {
  readonly controllers?: Type[];
  readonly providers?: ModuleMetadata['providers'];
  readonly imports?: ModuleMetadata['imports'];
  readonly options?: Partial<ServiceBusModuleOptions>;
  /** Called before the server starts, for example to add hooks. */
  readonly beforeStart?: (server: ServiceBusServer) => void;
}

/** Set to "off", all tests run with messages that go through the SDK. */
export const fastLane = process.env['TEST_FAST_LANE'] !== 'off';

export async function startServiceBusApp(
  connectionString: string,
  setup: ServiceBusAppSetup,
): Promise<ServiceBusApp> {
  const module = await Test.createTestingModule({
    imports: [
      ServiceBusModule.forRoot({ connectionString, drainTimeoutMs: 2_000, fastLane, ...setup.options }),
      ...(setup.imports ?? []),
    ],
    controllers: setup.controllers ?? [],
    providers: setup.providers ?? [],
  }).compile();
  const app = module.createNestApplication({ logger: false });
  app.useGlobalPipes(new ValidationPipe({ transform: true }));
  const server = app.get(ServiceBusServer);
  setup.beforeStart?.(server);
  app.connectMicroservice({ strategy: server }, { inheritAppConfig: true });
  await app.startAllMicroservices();
  await app.init();
  return {
    app,
    server,
    health: app.get(ServiceBusHealthIndicator),
    receiving: () => until(() => server.health().every(({ state }) => state === 'receiving')),
    close: () => app.close(),
  };
}
