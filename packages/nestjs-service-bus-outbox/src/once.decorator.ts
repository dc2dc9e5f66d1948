import {
  type CallHandler,
  createParamDecorator,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type ServiceBusContext } from 'nestjs-service-bus';
import { from, lastValueFrom, type Observable } from 'rxjs';

import { Inbox } from './inbox.service.js';

/** The transactions that `@Once()` has begun, by the contexts of their messages. */
const transactions = new WeakMap<object, unknown>();

@Injectable()
class OnceInterceptor implements NestInterceptor {
  constructor(@Inject(Inbox) private readonly inbox: Inbox) {
    inbox.checkBeginsTransactions('@Once()');
  }

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const context = contextOf(execution, '@Once()');
    const handle = (transaction: unknown): Promise<unknown> => {
      transactions.set(context, transaction);
      return lastValueFrom(next.handle(), { defaultValue: undefined });
    };
    return from(this.inbox.handleOnce(context, handle));
  }
}

/**
 * Has a handler called once for each message, in a transaction that begins before it and commits when it is done, together
 * with the mark that the message was handled; `@Transaction()` gives it to the handler. `OutboxModule` has to know how to
 * begin one (its option `transaction`).
 *
 * A message that was handled before is completed, and the handler is not called: what it returns should not be an answer
 * that somebody waits for. Results leave by the outbox.
 */
export function Once(): MethodDecorator & ClassDecorator {
  return UseInterceptors(OnceInterceptor);
}

/** The transaction that `@Once()` has begun, as the library gives it: for the handler's changes, and for `outbox.add`. */
export const Transaction: () => ParameterDecorator = createParamDecorator(
  (_: unknown, execution: ExecutionContext) => {
    const context = contextOf(execution, '@Transaction()');
    if (!transactions.has(context))
      throw new TypeError('@Transaction() has a value where the handler has @Once()');
    return transactions.get(context);
  },
);

function contextOf(execution: ExecutionContext, decorator: string): ServiceBusContext {
  const context = execution.getType() === 'rpc' ? execution.switchToRpc().getContext<unknown>() : undefined;
  if (typeof (context as Partial<ServiceBusContext> | undefined)?.messageIdentity === 'string') {
    return context as ServiceBusContext;
  }
  throw new TypeError(`${decorator} is for handlers of messages of Service Bus`);
}
