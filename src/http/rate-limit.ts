import { HttpException, HttpStatus } from '@nestjs/common';
import { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';

import { callerOf } from './authentication/caller.js';
import { isHealth } from './paths.js';

const WINDOW_MS = 60_000;

/**
 * Answers 429 to a caller who sends more than so many requests a minute, with the RateLimit headers and Retry-After.
 * Callers without good credentials are told apart by their address. Probes are not counted.
 */
export function limitRate(perMinute: number): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // Its own checks write to the console; what they look for is settled by the environment.
    validate: false,
    skip: ({ path }) => isHealth(path),
    keyGenerator: keyOf,
    handler: (_request: Request, _response: Response, next: NextFunction) => {
      const text = `at most ${perMinute} requests a minute are taken from one caller`;
      next(new HttpException(text, HttpStatus.TOO_MANY_REQUESTS));
    },
  });
}

function keyOf(request: Request): string {
  const caller = callerOf(request);
  // A name is no address: no caller can use up another one's requests by the name it has.
  return caller?.isKnown ? `caller ${caller.name}` : ipKeyGenerator(request.ip ?? '');
}
