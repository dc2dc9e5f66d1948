import { ForbiddenException, HttpException, HttpStatus } from '@nestjs/common';
import { type NextFunction, type Request, type RequestHandler, type Response } from 'express';

import { isOwnHost } from './is-own-host.js';
import { isOpen } from './paths.js';

/**
 * Refuses what the page of another site makes a browser send. Where nobody is asked for credentials, being able to
 * reach this address is all that it takes, and a browser on a developer's machine can: `<img src="…/receive">` would
 * empty a queue. Links from other sites to pages that are open anyway are followed.
 */
export function refuseForeignPages(allowedHosts: readonly string[]): RequestHandler {
  return (request: Request, _response: Response, next: NextFunction) => {
    const { host } = request.headers;
    if (host !== undefined && !isOwnHost(host, allowedHosts)) {
      const text = `${JSON.stringify(host)} is no host of this service: set HTTP_ALLOWED_HOSTS`;
      return next(new HttpException(text, HttpStatus.MISDIRECTED));
    }
    if (isOpen(request.path) || !isOfForeignPage(request, allowedHosts)) return next();
    next(
      new ForbiddenException('requests of pages of other sites are refused, as nobody has to authenticate'),
    );
  };
}

/** [Fetch Metadata] Browsers that do not send `Sec-Fetch-Site` send `Origin` at least with what changes something. */
function isOfForeignPage({ headers }: Request, allowedHosts: readonly string[]): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'cross-site';
  const { origin } = headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || !isOwnHost(new URL(origin).host, allowedHosts);
}
