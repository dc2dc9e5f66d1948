import 'reflect-metadata';

import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

import { AppModule } from './app.module.js';
import { type Broker, type Environment, loadVariables, readEnvironment } from './environment.js';
import { createApplication } from './http/create-application.js';
import { type NamespaceOptions } from './service-bus/index.js';
import { stopOnSignals } from './stop-on-signals.js';

const UNKNOWN_HOST = new Set<unknown>(['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN']);
const NEST_LEVELS = {
  silent: [],
  fatal: ['fatal'],
  error: ['fatal', 'error'],
  warn: ['fatal', 'error', 'warn'],
  info: ['fatal', 'error', 'warn', 'log'],
  debug: ['fatal', 'error', 'warn', 'log', 'debug'],
  trace: ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'],
} satisfies Record<Environment['logLevel'], LogLevel[]>;

interface Namespace {
  readonly options: NamespaceOptions;
  close(): Promise<void>;
}

/** The start cannot go on; the message is for the one who started it. */
class StartError extends Error {
  override readonly name = 'StartError';
}

async function start(environment: Environment): Promise<void> {
  const levels: LogLevel[] = NEST_LEVELS[environment.logLevel];
  const logger = new ConsoleLogger({ logLevels: levels, json: environment.production });
  process.on('unhandledRejection', (reason) => {
    // The SDK leaves promises of its own behind when a link breaks; they must not end the process.
    logger.error(reason instanceof Error ? reason.stack : reason, 'unhandled rejection');
  });
  const namespace = await openNamespace(environment, logger);
  try {
    // Nest reports each of its modules and routes: that is for debugging.
    if (environment.logLevel === 'info') logger.setLogLevels(NEST_LEVELS.warn);
    const app = await startApplication(environment, namespace, logger);
    logger.setLogLevels(levels);
    stopOnSignals(logger, async () => {
      await app.close();
      await namespace.close();
    });
    logReady(environment, app, logger);
  } catch (error) {
    await namespace.close();
    throw error;
  }
}

async function openNamespace({ broker, queues }: Environment, logger: ConsoleLogger): Promise<Namespace> {
  const close = (): Promise<void> => Promise.resolve();
  switch (broker.kind) {
    case 'connection-string':
      return { options: { connectionString: broker.connectionString }, close };
    case 'namespace':
      return { options: { fullyQualifiedNamespace: broker.fullyQualifiedNamespace }, close };
    case 'embedded':
      return startEmbedded(
        broker,
        Object.values(queues).flatMap(({ inQueue, outQueue }) => [inQueue, outQueue]),
        logger,
      );
  }
}

// Production never gets here, and never loads the emulator.
async function startEmbedded(
  { port, administrationPort }: Extract<Broker, { kind: 'embedded' }>,
  queues: readonly string[],
  logger: ConsoleLogger,
): Promise<Namespace> {
  const { readEntities, startEmulator } = await import('./emulator/index.js');
  const entities = await readEntities(fileURLToPath(new URL('../Config.json', import.meta.url)));
  const known = new Set(
    (entities.queues ?? []).map((queue) => (typeof queue === 'string' ? queue : queue.name).toLowerCase()),
  );
  // Entity names are compared without regard to case; the first spelling stays.
  const missing = queues.filter((queue) => !known.has(queue.toLowerCase()) && known.add(queue.toLowerCase()));
  try {
    const emulator = await startEmulator({
      port,
      administrationPort,
      entities: { ...entities, queues: [...(entities.queues ?? []), ...missing] },
    });
    logger.log(
      `no Service Bus is configured, an emulator runs in this process: ${emulator.connectionString}`,
      'Emulator',
    );
    return { options: { connectionString: emulator.connectionString }, close: () => emulator.close() };
  } catch (error) {
    throw portError(error, { EMULATOR_PORT: port, EMULATOR_ADMIN_PORT: administrationPort });
  }
}

async function startApplication(
  environment: Environment,
  namespace: Namespace,
  logger: ConsoleLogger,
): Promise<NestExpressApplication> {
  const { host, port } = environment.http;
  const app = await createApplication(AppModule.from(environment, namespace.options), logger, [
    async () => (await import('./health/health.openapi.js')).describeHealth(),
    async () => (await import('./relay/relay.openapi.js')).describeRelay(),
  ]);
  try {
    await app.init();
    // Nest logs the error of a listen that fails, and throws it too.
    logger.setLogLevels([]);
    await app.listen(port, host);
    // Only now: a process that cannot listen takes no message.
    await app.startAllMicroservices();
    return app;
  } catch (error) {
    await app.close();
    if (error instanceof Error && 'code' in error && UNKNOWN_HOST.has(error.code)) {
      throw new StartError(`HOST=${host}: this machine has no such address`);
    }
    throw portError(error, { PORT: port });
  }
}

function logReady(
  { apps, queues, http }: Environment,
  app: NestExpressApplication,
  logger: ConsoleLogger,
): void {
  const { port } = app.getHttpServer().address() as AddressInfo;
  const host = ['0.0.0.0', '::'].includes(http.host) ? 'localhost' : http.host;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  for (const name of apps) {
    const { inQueue, outQueue } = queues[name];
    logger.log(inQueue === outQueue ? inQueue : `${inQueue} → ${outQueue}`, name);
  }
  logger.log(
    `ready after ${performance.now().toFixed(0)} ms: ${url}, documentation ${url}/docs, health ${url}/health`,
    'Http',
  );
}

/** Names the variable behind an address that cannot be listened on; any other error stays as it is. */
function portError(error: unknown, ports: Readonly<Record<string, number>>): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const port = 'port' in error ? error.port : undefined;
  const [variable] = Object.entries(ports).findLast(([, value]) => value === port) ?? [];
  if (variable !== undefined && error.code === 'EADDRINUSE') {
    return new StartError(
      `${variable}=${String(port)}: the port is taken, set ${variable} to another one or to 0 for a free one`,
    );
  }
  if (variable !== undefined && error.code === 'EACCES') {
    return new StartError(`${variable}=${String(port)}: this user may not listen on that port`);
  }
  return error;
}

try {
  await start(readEnvironment(loadVariables()));
} catch (error) {
  const isForPeople =
    error instanceof Error &&
    ['EnvironmentError', 'StartError', 'ConfigError', 'ServiceBusConfigurationError'].includes(error.name);
  process.stderr.write(
    `${isForPeople ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
}
