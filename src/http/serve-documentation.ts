import { type INestApplication } from '@nestjs/common';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { readFile } from 'node:fs/promises';

import { type Authentication } from './authentication/authentication-options.js';
import { isDocumentation } from './paths.js';

/** Decorates a controller with its OpenAPI documentation. */
export type Description = () => Promise<void>;

const PACKAGE = new URL('../../package.json', import.meta.url);

/**
 * Serves the OpenAPI documentation at /docs (and /docs-json, /docs-yaml). The first request loads the library:
 * the start does not wait for a page that is rarely opened.
 */
export function serveDocumentation(
  app: NestExpressApplication,
  authentication: Authentication,
  descriptions: readonly Description[],
): void {
  let site: Promise<RequestHandler> | undefined;
  app.use((request: Request, response: Response, next: NextFunction) => {
    if (!isDocumentation(request.path)) return next();
    site ??= createSite(app, authentication, descriptions);
    site.then(
      (serve) => void serve(request, response, next),
      (error: unknown) => {
        site = undefined;
        next(error);
      },
    );
  });
}

// Routes added to a running application come after its 404 handler: a separate router has them first. It is no second
// Nest application, because the options of one apply to the whole process, and above all those of its log.
async function createSite(
  app: INestApplication,
  authentication: Authentication,
  descriptions: readonly Description[],
): Promise<RequestHandler> {
  const { DocumentBuilder, SwaggerModule } = await import('@nestjs/swagger');
  const { ERROR_SCHEMAS } = await import('./describe-error.js');
  const { describeSecurity } = await import('./describe-security.js');
  const { nameOperations } = await import('./name-operations.js');
  for (const describe of descriptions) await describe();
  const config = new DocumentBuilder()
    .setTitle('NestJS Service Bus')
    .setDescription('A NestJS microservice for Azure Service Bus: the bus over HTTP, and health.')
    .setVersion(await readVersion())
    .build();
  const site = new ExpressAdapter();
  site.disable('x-powered-by');
  const document = SwaggerModule.createDocument(app, config);
  // Replaces the schemas of messages, which no operation over HTTP uses.
  document.components = { schemas: ERROR_SCHEMAS };
  nameOperations(document);
  describeSecurity(document, authentication);
  SwaggerModule.setup('docs', asApplication(site), document);
  return site.getInstance<RequestHandler>();
}

/** The part of a Nest application that the OpenAPI library uses to serve a document. */
function asApplication(site: ExpressAdapter): INestApplication {
  const application = { getHttpAdapter: () => site, useStaticAssets: site.useStaticAssets.bind(site) };
  return application as unknown as INestApplication;
}

async function readVersion(): Promise<string> {
  return (JSON.parse(await readFile(PACKAGE, 'utf8')) as { version: string }).version;
}
