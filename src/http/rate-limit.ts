import { HttpException, HttpStatus, type LoggerService } from '@nestjs/common';
import { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';

import { callerOf } from './authentication/caller.js';
import { type HttpOptions } from './http-options.js';
import { isHealth } from './paths.js';
import { RequestCounts } from './request-counts.js';

const WINDOW_MS = 60_000;

/**
 * Answers 429, with the RateLimit headers and Retry-After, to a caller that sends too many requests a minute.
 * Callers without valid credentials are identified by their address. Probes are not counted.
 */
export function limitRate(
  { rateLimitPerMinute: perMinute, trustProxy }: Pick<HttpOptions, 'rateLimitPerMinute' | 'trustProxy'>,
  logger: LoggerService,
): RequestHandler {
  let mayWarn = trustProxy === 0;
  const keyOf = (request: Request): string => {
    const caller = callerOf(request);
    // The prefix keeps keys, tokens and addresses apart: whoever chooses a name cannot use up another one's limit.
    if (caller && caller.kind !== 'none') return `${caller.kind} ${caller.name}`;
    if (mayWarn && request.headers['x-forwarded-for'] !== undefined) {
      mayWarn = false;
      logger.warn(
        'requests come through a proxy, and all its callers count as one for HTTP_RATE_LIMIT: set HTTP_TRUST_PROXY',
        'Http',
      );
    }
    return ipKeyGenerator(request.ip ?? '');
  };
  return rateLimit({
    windowMs: WINDOW_MS,
    store: new RequestCounts(WINDOW_MS),
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // Its own checks write to the console; the configuration has made them already.
    validate: false,
    skip: ({ path }) => isHealth(path),
    keyGenerator: keyOf,
    handler: (_request: Request, _response: Response, next: NextFunction) => {
      const text = `at most ${perMinute} requests a minute are taken from one caller`;
      next(new HttpException(text, HttpStatus.TOO_MANY_REQUESTS));
    },
  });
}
