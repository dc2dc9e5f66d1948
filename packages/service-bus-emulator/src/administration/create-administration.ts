import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { type Broker } from '../model/namespace/broker.js';
import { type AdministrationAnswer } from './resources/administration-request.js';
import { type AuthorizeRequest, assertAuthorized } from './assert-authorized.js';
import { limitConnections } from './limit-connections.js';
import { limitRequestTime } from './limit-request-time.js';
import { handleRequest } from './handle-request.js';
import { readBody } from './read-body.js';
import { type RefuseForeignPages } from './refuse-foreign-pages.js';
import { parseResourcePath } from './resources/resource-path.js';
import { toRefusal } from './to-refusal.js';
import { writeXml } from './xml/write-xml.js';

// A client that has been silent for this long is gone.
const IDLE_TIMEOUT_MS = 120_000;
const MAX_CONNECTIONS = 1_000;

/**
 * Creates the administration API over HTTP. It does not listen: the port's owner emits `connection` on the server.
 * A request has to be there as a whole within `requestTimeoutMs`.
 */
export function createAdministration(
  broker: Broker,
  authorize: AuthorizeRequest,
  refuse: RefuseForeignPages,
  requestTimeoutMs: number,
  namespaceCreatedAtMs: number,
): Server {
  const answer = async (request: IncomingMessage): Promise<AdministrationAnswer> => {
    const { url = '/', method = 'GET', headers } = request;
    const refused = refuse(headers);
    if (refused) throw refused;
    const [pathname = '/', query = ''] = url.split('?');
    const path = parseResourcePath(pathname);
    assertAuthorized(headers.authorization, url, authorize);
    const body = await readBody(request);
    return handleRequest({
      broker,
      method,
      path,
      query: new URLSearchParams(query),
      host: headers.host ?? 'localhost',
      isUpdate: headers['if-match'] !== undefined,
      body,
      namespaceCreatedAtMs,
    });
  };
  const server = createServer((request, response) => {
    const isProbe = request.url?.split('?')[0] === '/health';
    if (isProbe && !refuse(request.headers)) return writeHealth(response);
    answer(request)
      .catch((error: unknown) => toRefusal(error, broker.clock.now()))
      .then((answered) => broker.whenDurable(() => writeAnswer(response, answered)))
      .catch(() => response.destroy());
  });
  server.timeout = IDLE_TIMEOUT_MS;
  limitConnections(server, MAX_CONNECTIONS);
  limitRequestTime(server, requestTimeoutMs);
  return server;
}

function writeAnswer(response: ServerResponse, { status, document }: AdministrationAnswer): void {
  const body = document ? writeXml(document) : '';
  response.writeHead(status, {
    'content-type': contentType(document?.name),
    'content-length': Buffer.byteLength(body),
    // Does not wait for the rest of a body that is too large.
    ...(status === 413 && { connection: 'close' }),
  });
  response.end(body);
}

function contentType(documentName: string | undefined): string {
  if (documentName === 'entry' || documentName === 'feed') {
    return `application/atom+xml;type=${documentName};charset=utf-8`;
  }
  return 'application/xml;charset=utf-8';
}

function writeHealth(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ status: 'healthy', message: 'Service is healthy.' }));
}
