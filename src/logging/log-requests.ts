import { Logger } from '@nestjs/common';
import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** Logs each HTTP request when it is over, for debugging: without its query, headers and body. */
export function logRequests(server: Pick<Server, 'on'>): void {
  const logger = new Logger('Http');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const startedAtMs = performance.now();
    // Now: routers change the address on its way.
    const [path] = (request.url ?? '').split('?', 1);
    response.once('close', () => {
      const durationMs = Math.round(performance.now() - startedAtMs);
      const end = response.writableFinished ? String(response.statusCode) : 'was given up by the client';
      logger.debug(`${request.method} ${path} ${end}, ${durationMs} ms`);
    });
  });
}
