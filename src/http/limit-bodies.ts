import { HttpException, HttpStatus } from '@nestjs/common';
import { type NextFunction, type Request, type RequestHandler, type Response } from 'express';

import { ByteBudget } from './byte-budget.js';

/** The largest body that is read: the default limit of a queue's messages. */
export const MAX_BODY_BYTES = 1024 * 1024;
/** A body takes its size several times over on its way: as bytes, as text, encoded, and on the socket. */
const MAX_BYTES_AT_ONCE = 32 * MAX_BODY_BYTES;
const RETRY_AFTER_SECONDS = 1;

const holds = new WeakMap<Request, Promise<unknown>[]>();

/** Lets a request's body count as being in work until `work` has ended, should that be after the response. */
export function holdBody(request: Request, work: Promise<unknown>): void {
  holds.get(request)?.push(work);
}

/**
 * Answers 503, before any of it is read, to a body that does not fit beside those that are being worked on: many at
 * once would take more memory than the process has.
 */
export function limitBodies(budget = new ByteBudget(MAX_BYTES_AT_ONCE)): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    const bytes = bytesOf(request);
    if (bytes === 0) return next();
    const giveBack = budget.take(bytes);
    if (!giveBack) {
      response.setHeader('Retry-After', RETRY_AFTER_SECONDS);
      // Its body is not read: the connection cannot be used for another request.
      response.setHeader('Connection', 'close');
      const text = `bodies of at most ${budget.limitBytes} bytes are worked on at once`;
      return next(new HttpException(text, HttpStatus.SERVICE_UNAVAILABLE));
    }
    const work: Promise<unknown>[] = [];
    holds.set(request, work);
    response.once('close', () => void Promise.allSettled(work).then(giveBack));
    next();
  };
}

/** How many bytes a request's body may become. One that is larger than it may be is refused by the parser. */
function bytesOf({ method, headers }: Request): number {
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  if (method !== 'POST' || !hasBody) return 0;
  const length = Number(headers['content-length']);
  const isPlain = (headers['content-encoding'] ?? 'identity') === 'identity';
  return isPlain && length <= MAX_BODY_BYTES ? length : MAX_BODY_BYTES;
}
