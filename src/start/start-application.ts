import { type NestExpressApplication } from '@nestjs/platform-express';

import { AppModule } from '../app.module.js';
import { type Environment, type LogLevel } from '../environment.js';
import { createApplication } from '../http/create-application.js';
import { type NamespaceOptions } from 'nestjs-service-bus';
import { logRequests, type ServiceLogger } from '../logging/index.js';
import { createMissingEntities } from './create-missing-entities.js';
import { explainListenError } from './explain-listen-error.js';
import { StartError } from './start.error.js';

const LOGS_REQUESTS = new Set<LogLevel>(['debug', 'trace']);
const UNKNOWN_HOST = new Set<unknown>(['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN']);

/** Starts the Nest application: first HTTP, then the receivers. */
export async function startApplication(
  environment: Environment,
  namespace: NamespaceOptions,
  logger: ServiceLogger,
  { isEmulatorOurs }: { isEmulatorOurs: boolean },
): Promise<NestExpressApplication> {
  const { host, port } = environment.http;
  // Nest reports each of its modules and routes: that is for debugging.
  if (environment.logLevel === 'info') logger.setLevel('warn');
  const app = await createApplication(AppModule.from(environment, namespace), logger, environment.http, [
    async () => (await import('../health/health.openapi.js')).describeHealth(),
    async () => (await import('../relay/relay.openapi.js')).describeRelay(),
    async () => (await import('../telemetry/metrics.openapi.js')).describeMetrics(),
  ]);
  try {
    await app.init();
    if (isEmulatorOurs) {
      const known = Object.values(environment.queues).flatMap(({ inQueue, outQueue }) => [inQueue, outQueue]);
      await createMissingEntities(app, known);
    }
    // Nest logs the error of a listen that fails, and throws it too.
    logger.setLevel('silent');
    await app.listen(port, host);
    if (LOGS_REQUESTS.has(environment.logLevel)) logRequests(app.getHttpServer());
    // Only now: a process that cannot listen takes no message.
    await app.startAllMicroservices();
    logger.setLevel(environment.logLevel);
    return app;
  } catch (error) {
    await app.close();
    if (error instanceof Error && 'code' in error && UNKNOWN_HOST.has(error.code)) {
      throw new StartError(`HOST=${host}: this machine has no such address`);
    }
    throw explainListenError(error, { PORT: port });
  }
}
