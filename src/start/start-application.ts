import { type NestExpressApplication } from '@nestjs/platform-express';

import { AppModule } from '../app.module.js';
import { type Configuration, type LogLevel } from '../config/index.js';
import { createApplication } from '../http/create-application.js';
import { type NamespaceOptions } from 'nestjs-service-bus';
import { logRequests, type ServiceLogger } from '../logging/index.js';
import { createMissingEntities } from './create-missing-entities.js';
import { explainListenError } from './explain-listen-error.js';
import { StartError } from './start.error.js';

const LOGS_REQUESTS = new Set<LogLevel>(['debug', 'trace']);
// [listen(2)] EINVAL: an IPv6 address that needs its interface named, fe80::1%eth0.
const UNKNOWN_HOST = new Set<unknown>(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EAI_AGAIN', 'EINVAL', 'ENOTFOUND']);

/** Starts the Nest application: first HTTP, then the receivers. */
export async function startApplication(
  configuration: Configuration,
  namespace: NamespaceOptions,
  logger: ServiceLogger,
  { isEmulatorOurs }: { isEmulatorOurs: boolean },
): Promise<NestExpressApplication> {
  const { host, port } = configuration.http;
  // Nest logs every module and route at `info`: hide that while it starts.
  if (configuration.logLevel === 'info') logger.setLevel('warn');
  const app = await createApplication(AppModule.from(configuration, namespace), logger, configuration.http, [
    async () => (await import('../http/start-page.openapi.js')).describeStartPage(),
    async () => (await import('../health/health.openapi.js')).describeHealth(),
    async () => (await import('../bindings/bindings.openapi.js')).describeBindings(),
    async () => (await import('../relay/relay.openapi.js')).describeRelay(),
    async () => (await import('../telemetry/metrics.openapi.js')).describeMetrics(),
  ]);
  try {
    await app.init();
    if (isEmulatorOurs) {
      const known = Object.values(configuration.queues).flatMap(({ inQueue, outQueue }) => [
        inQueue,
        outQueue,
      ]);
      await createMissingEntities(app, known);
    }
    // Nest both logs and throws the error of a failed listen.
    logger.setLevel('silent');
    await app.listen(port, host);
    // Nest tells of each microservice as well.
    logger.setLevel(configuration.logLevel === 'info' ? 'warn' : configuration.logLevel);
    if (LOGS_REQUESTS.has(configuration.logLevel)) logRequests(app.getHttpServer());
    // Only now: a process that cannot listen must not receive messages.
    await app.startAllMicroservices();
    logger.setLevel(configuration.logLevel);
    return app;
  } catch (error) {
    await app.close();
    if (error instanceof Error && 'code' in error && UNKNOWN_HOST.has(error.code)) {
      throw new StartError(`HOST=${host}: this machine has no such address`);
    }
    throw explainListenError(error, { PORT: port });
  }
}
