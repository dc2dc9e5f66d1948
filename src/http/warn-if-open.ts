import { type LoggerService } from '@nestjs/common';

import { type HttpOptions } from './http-options.js';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i;

/** Warns, in one line, when everybody in the network may send, receive and peek. */
export function warnIfOpen(
  { authentication, host }: Pick<HttpOptions, 'authentication' | 'host'>,
  logger: LoggerService,
): void {
  if (authentication.kind !== 'none' || LOOPBACK.test(host)) return;
  logger.warn(
    `HTTP listens on ${host} and asks nobody for credentials: set HTTP_API_KEYS or HTTP_JWT_ISSUER, or keep others away by the network`,
    'Http',
  );
}
