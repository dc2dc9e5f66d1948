import { type LoggerService } from '@nestjs/common';

import { type Configuration } from '../config/index.js';

/** Logs what runs and where, once everything is ready; `port` is HTTP's actual port. */
export function logReady(
  { apps, queues, http, workers }: Configuration,
  port: number,
  logger: LoggerService,
): void {
  const host = ['0.0.0.0', '::'].includes(http.host) ? 'localhost' : http.host;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  for (const name of apps) {
    const { inQueue, outQueue } = queues[name];
    logger.log(inQueue === outQueue ? inQueue : `${inQueue} → ${outQueue}`, name);
  }
  const number = workers === 1 ? '' : ` with ${workers} workers`;
  logger.log(
    `ready after ${performance.now().toFixed(0)} ms${number}: ${url}, documentation ${url}/docs, health ${url}/health`,
    'Http',
  );
}
