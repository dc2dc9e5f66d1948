import { type DynamicModule, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { type IncomingMessage } from 'node:http';

import { ServiceBusServer } from '../service-bus/index.js';
import { InputPipe } from './input.pipe.js';
import { JsonErrorFilter } from './json-error.filter.js';
import { type Description, serveDocumentation } from './serve-documentation.js';

/** The largest body that is read: the largest message that a queue takes unless it was made for more. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Makes the Nest application of a module, with its HTTP edge and its Service Bus transport; nothing listens yet. */
export async function createApplication(
  module: DynamicModule,
  logger: LoggerService,
  descriptions: readonly Description[] = [],
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(module, {
    logger,
    bodyParser: false,
    abortOnError: false,
  });
  // A body is a message: its bytes are wanted, whatever they are said to be.
  app.useBodyParser('raw', { type: hasBody, limit: MAX_BODY_BYTES });
  // A repeated question about a queue has no "not modified" for an answer.
  app.disable('etag');
  app.disable('x-powered-by');
  app.useGlobalPipes(new InputPipe());
  app.useGlobalFilters(new JsonErrorFilter());
  serveDocumentation(app, descriptions);
  app.connectMicroservice({ strategy: app.get(ServiceBusServer) }, { inheritAppConfig: true });
  return app;
}

function hasBody(request: IncomingMessage): boolean {
  return request.method === 'POST';
}
