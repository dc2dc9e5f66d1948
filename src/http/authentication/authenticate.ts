import { type LoggerService, ServiceUnavailableException, UnauthorizedException } from '@nestjs/common';
import { type NextFunction, type Request, type RequestHandler, type Response } from 'express';

import { within } from 'nestjs-service-bus';
import { isHealth, isOpen, isSameForAll } from '../paths.js';
import { IssuerUnavailableError, RefusedCredentialsError } from './authentication.errors.js';
import { type Authentication } from './authentication-options.js';
import { callerOf, setCaller } from './caller.js';
import { type Identify } from './identify.js';

const RETRY_AFTER_SECONDS = 5;
const NO_CREDENTIALS = 'credentials are required: X-Api-Key: …, or Authorization: Bearer …';
/** A health check that comes with a token does not wait for its issuer any longer: everybody gets an answer. */
const HEALTH_PATIENCE_MS = 1_000;
const REALM = 'realm="service-bus"';

/** Two steps. Between them, the rate limit counts requests, including those that will be refused. */
export interface AuthenticationSteps {
  /** Identifies the caller. */
  readonly identify: RequestHandler;
  /** Admits known callers, and everybody to open paths, before any of the body is read. */
  readonly admit: RequestHandler;
}

/** Creates the steps that authenticate callers. */
export function authenticate(
  identify: Identify,
  authentication: Authentication,
  logger: LoggerService,
): AuthenticationSteps {
  const refusals = new WeakMap<Request, unknown>();
  return {
    identify: (request: Request, _response: Response, next: NextFunction) => {
      if (isSameForAll(request.path)) return next();
      const identified = identify(request.headers).then(
        (caller) => caller && setCaller(request, caller),
        (error: unknown) => void refusals.set(request, error),
      );
      const waited = isHealth(request.path) ? within(HEALTH_PATIENCE_MS, identified) : identified;
      waited.then(() => next(), next);
    },
    admit: (request: Request, response: Response, next: NextFunction) => {
      // A probe with stale credentials still gets the answer that everybody gets.
      if (callerOf(request) || isOpen(request.path)) return next();
      const exception = refuse(refusals.get(request), response, authentication, logger);
      logger.debug?.(
        `refused ${request.method} ${request.path} of ${request.ip}: ${describe(exception)}`,
        'Http',
      );
      next(exception);
    },
  };
}

function refuse(
  reason: unknown,
  response: Response,
  authentication: Authentication,
  logger: LoggerService,
): unknown {
  if (reason instanceof IssuerUnavailableError) {
    logger.warn(reason.message, 'Http');
    response.setHeader('Retry-After', RETRY_AFTER_SECONDS);
    return new ServiceUnavailableException('credentials cannot be checked now', { cause: reason });
  }
  if (reason !== undefined && !(reason instanceof RefusedCredentialsError)) return reason;
  response.setHeader('WWW-Authenticate', challenges(authentication, reason?.reason));
  return new UnauthorizedException(reason?.reason ?? NO_CREDENTIALS);
}

function describe(exception: unknown): string {
  return exception instanceof Error ? exception.message : String(exception);
}

/** [RFC 6750, 3] `ApiKey` is our own scheme. */
function challenges(authentication: Authentication, reason: string | undefined): string[] {
  const error = reason === undefined ? '' : `, error="invalid_token", error_description="${reason}"`;
  const takesKeys = authentication.kind === 'required' && authentication.apiKeys !== undefined;
  return [`Bearer ${REALM}${error}`, ...(takesKeys ? [`ApiKey ${REALM}`] : [])];
}
