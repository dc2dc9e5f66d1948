import { type DynamicModule, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { type IncomingMessage } from 'node:http';

import { ServiceBusServer } from 'nestjs-service-bus';
import { authenticate } from './authentication/authenticate.js';
import { createIdentify } from './authentication/identify.js';
import { type HttpOptions } from './http-options.js';
import { InputPipe } from './input.pipe.js';
import { JsonErrorFilter } from './json-error.filter.js';
import { limitBodies, MAX_BODY_BYTES } from './limit-bodies.js';
import { partFromClients } from './part-from-clients.js';
import { refuseForeignPages } from './refuse-foreign-pages.js';
import { securityHeaders } from './security-headers.js';
import { type Description, serveDocumentation } from './serve-documentation.js';
import { TimedExpressAdapter } from './timed-express-adapter.js';
import { warnIfOpen } from './warn-if-open.js';
import { PAGES, type Page } from './pages.js';

/** Creates the Nest application of a module, with HTTP and the Service Bus transport; nothing listens yet. */
export async function createApplication(
  module: DynamicModule,
  logger: LoggerService,
  http: HttpOptions,
  descriptions: readonly Description[] = [],
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(
    module,
    new TimedExpressAdapter(http.timeouts),
    { logger, bodyParser: false, abortOnError: false },
  );
  // A repeated request about a queue must never be answered with "not modified".
  app.disable('etag');
  app.disable('x-powered-by');
  app.set('trust proxy', http.trustProxy);
  const server = app.get(ServiceBusServer);
  app.use(partFromClients(() => server.isDraining));
  app.use(securityHeaders());
  if (http.authentication.kind === 'none') {
    app.use(refuseForeignPages([...http.allowedHosts, http.host.toLowerCase()]));
  }
  await secure(app, http, logger);
  // They read what is sent to them themselves.
  for (const { handle } of app.get<readonly Page[]>(PAGES)) app.use(handle);
  // A body is a message: read its bytes, whatever its content type.
  app.use(limitBodies());
  app.useBodyParser('raw', { type: hasBody, limit: MAX_BODY_BYTES });
  app.useGlobalPipes(new InputPipe());
  app.useGlobalFilters(new JsonErrorFilter());
  serveDocumentation(app, http.authentication, descriptions);
  app.connectMicroservice({ strategy: server }, { inheritAppConfig: true });
  warnIfOpen(http, logger);
  return app;
}

async function secure(app: NestExpressApplication, http: HttpOptions, logger: LoggerService): Promise<void> {
  const { authentication, rateLimitPerMinute } = http;
  const identify = await createIdentify(authentication, logger);
  const steps = authenticate(identify, authentication, logger);
  app.use(steps.identify);
  if (rateLimitPerMinute > 0) {
    const { limitRate } = await import('./rate-limit.js');
    app.use(limitRate(http, logger));
  }
  app.use(steps.admit);
}

function hasBody(request: IncomingMessage): boolean {
  return request.method === 'POST';
}
