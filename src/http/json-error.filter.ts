import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { type Response } from 'express';
import { STATUS_CODES } from 'node:http';
import { type Observable, throwError } from 'rxjs';

/** Renders every HTTP error as JSON: `{ statusCode, error, message }`. */
@Catch()
export class JsonErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(exception: unknown, host: ArgumentsHost): Observable<never> | void {
    // Global filters also run for message handlers, whose errors belong to the transport.
    if (host.getType() !== 'http') return throwError(() => exception);
    const { status, body } = this.describe(exception);
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) response.destroy();
    else response.status(status).json(body);
  }

  private describe(exception: unknown): { status: number; body: object } {
    const status = statusOf(exception);
    if (status === 500) this.logger.error(exception instanceof Error ? exception.stack : exception);
    const response = exception instanceof HttpException ? exception.getResponse() : undefined;
    // A body of another form, such as a health check's, stays as it is.
    if (typeof response === 'object' && !('message' in response)) return { status, body: response };
    return { status, body: errorBody(status, messageOf(exception, response)) };
  }
}

function errorBody(statusCode: number, message: string | undefined): object {
  const error = STATUS_CODES[statusCode] ?? 'Error';
  return { statusCode, error, message: message ?? error };
}

/** Body parsers throw plain errors with a status; only a 4xx is shown to the client. */
function statusOf(exception: unknown): number {
  if (exception instanceof HttpException) return exception.getStatus();
  const status = exception instanceof Error && 'status' in exception ? exception.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}

function messageOf(exception: unknown, response: string | object | undefined): string | undefined {
  // The body parser's own text names no number.
  const { cause } = exception instanceof HttpException ? exception : {};
  if (cause instanceof Error && cause.name === 'PayloadTooLargeError' && 'limit' in cause) {
    return `the body is larger than ${String(cause.limit)} bytes`;
  }
  if (typeof response === 'string') return response;
  if (response && 'message' in response) {
    return Array.isArray(response.message) ? response.message.join('; ') : String(response.message);
  }
  return exception instanceof Error && statusOf(exception) < 500 ? exception.message : undefined;
}
