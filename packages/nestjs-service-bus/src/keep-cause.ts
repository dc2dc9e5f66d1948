import { type ArgumentsHost } from '@nestjs/common';
import { BaseRpcExceptionFilter } from '@nestjs/microservices';
import { RpcExceptionsHandler } from '@nestjs/microservices/exceptions/rpc-exceptions-handler.js';
import { type Observable, throwError } from 'rxjs';

import { ServiceBusBatchContext } from './delivery/service-bus-batch.context.js';
import { ServiceBusContext } from './delivery/service-bus.context.js';
import { noteThrown } from './message/handle.js';

let isKept = false;

/**
 * Keeps what our handlers throw from getting lost in Nest's exception filters, since the dead-letter reason, the retry
 * policy and the validation's findings hang on it. Nest's default filter would put
 * `{ status: 'error', message: 'Internal server error' }` in its place: it lets it through as it is. Filters of the
 * application do as they like: what was thrown is noted before they see it.
 *
 * The default filter is neither injected nor replaceable: a filter or interceptor of our own would stand in front of
 * the application's, or cost every message what only failures need. Other transports are not touched.
 */
export function keepCause(): void {
  if (isKept) return;
  isKept = true;
  const base = BaseRpcExceptionFilter.prototype;
  const byDefault = Reflect.get<BaseRpcExceptionFilter, 'catch'>(base, 'catch');
  base.catch = function (exception: unknown, host: ArgumentsHost): Observable<unknown> {
    if (contextOf(host)) return throwError(() => exception);
    return byDefault.call(this, exception, host) as Observable<unknown>;
  };
  const handler = RpcExceptionsHandler.prototype;
  const handle = Reflect.get<RpcExceptionsHandler, 'handle'>(handler, 'handle');
  handler.handle = function (
    exception: unknown,
    host: ArgumentsHost,
    ...others: never[]
  ): Observable<unknown> {
    const context = contextOf(host);
    if (context) noteThrown(context, exception);
    return handle.call(this, exception as Error, host, ...others) as Observable<unknown>;
  };
}

/** Undefined for handlers of other transports. */
function contextOf(host: ArgumentsHost): ServiceBusContext | ServiceBusBatchContext | undefined {
  const context: unknown = host.getArgByIndex(1);
  const isOurs = context instanceof ServiceBusContext || context instanceof ServiceBusBatchContext;
  return isOurs ? context : undefined;
}
