import {
  type CallHandler,
  type ExecutionContext,
  HttpStatus,
  Injectable,
  Logger,
  type NestInterceptor,
  ServiceUnavailableException,
} from '@nestjs/common';
import { type Response } from 'express';
import { catchError, type Observable, throwError } from 'rxjs';

import { toHttpException } from './to-http-exception.js';

const RETRY_AFTER_SECONDS = 5;

/** Translates the broker's errors for HTTP clients, and sets Retry-After. */
@Injectable()
export class BrokerErrorInterceptor implements NestInterceptor {
  private readonly logger = new Logger('Relay');

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      catchError((error: unknown) => {
        const exception = toHttpException(error);
        if (exception instanceof ServiceUnavailableException) {
          context.switchToHttp().getResponse<Response>().setHeader('Retry-After', RETRY_AFTER_SECONDS);
          if (error instanceof Error) this.logger.warn(`${HttpStatus.SERVICE_UNAVAILABLE}: ${error.message}`);
        }
        return throwError(() => exception);
      }),
    );
  }
}
