import { type ArgumentsHost } from '@nestjs/common';
import { BaseRpcExceptionFilter } from '@nestjs/microservices';
import { type Observable, throwError } from 'rxjs';

import { ServiceBusBatchContext } from './delivery/service-bus-batch.context.js';
import { ServiceBusContext } from './delivery/service-bus.context.js';

let isKept = false;

/**
 * Lets the errors of our handlers through Nest's default filter as they are. It would put
 * `{ status: 'error', message: 'Internal server error' }` in their place, and with the cause would go the
 * dead-letter reason, the retry policy and the validation's findings.
 *
 * The filter is neither injected nor replaceable: a filter or interceptor of our own would stand in front of the
 * application's, or cost every message what only failures need. Other transports are not touched.
 */
export function keepCause(): void {
  if (isKept) return;
  isKept = true;
  const base = BaseRpcExceptionFilter.prototype;
  const byDefault = Reflect.get<BaseRpcExceptionFilter, 'catch'>(base, 'catch');
  base.catch = function (exception: unknown, host: ArgumentsHost): Observable<unknown> {
    const context: unknown = host.getArgByIndex(1);
    const isOurs = context instanceof ServiceBusContext || context instanceof ServiceBusBatchContext;
    if (isOurs) return throwError(() => exception);
    return byDefault.call(this, exception, host) as Observable<unknown>;
  };
}
