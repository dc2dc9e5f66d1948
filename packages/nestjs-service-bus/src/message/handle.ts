import { type MessageHandler } from '@nestjs/microservices';
import { isObservable, type Observable } from 'rxjs';

import { type ServiceBusBatchContext } from '../delivery/service-bus-batch.context.js';
import { type ServiceBusContext } from '../delivery/service-bus.context.js';
import { FilteredError } from '../exceptions/filtered.error.js';

const NOTHING: readonly unknown[] = [];

/** What handlers have thrown, by the context of their call: filters may give something else for it. */
const thrown = new WeakMap<object, unknown>();

/** To be told what a handler has thrown, before any filter sees it. */
export function noteThrown(context: object, error: unknown): void {
  thrown.set(context, error);
}

/**
 * Runs a Nest handler (its pipes, guards, interceptors and filters are inside) to its end, and returns what it
 * gave: nothing for undefined, one value, or all values of an Observable. Rejects with what it failed with, or with a
 * FilteredError where a filter gave something else.
 */
export async function handle(
  handler: MessageHandler,
  payload: unknown,
  context: ServiceBusContext | ServiceBusBatchContext,
): Promise<readonly unknown[]> {
  try {
    const result: unknown = await handler(payload, context);
    if (isObservable(result)) return await collect(result, context.signal);
    return result === undefined ? NOTHING : [result];
  } catch (given) {
    if (!thrown.has(context) || thrown.get(context) === given) throw given;
    throw new FilteredError(thrown.get(context), given);
  }
}

// An Observable that ends without a value is no error here (lastValueFrom would make it one).
function collect(source: Observable<unknown>, signal: AbortSignal): Promise<readonly unknown[]> {
  return new Promise((resolve, reject) => {
    const values: unknown[] = [];
    const subscription = source.subscribe({
      next: (value) => {
        if (value !== undefined) values.push(value);
      },
      error: reject,
      complete: () => resolve(values),
    });
    if (subscription.closed) return;
    const stop = (): void => {
      reject(signal.reason as Error);
      try {
        subscription.unsubscribe();
      } catch {
        // A teardown that throws would end the process: nobody can catch what a listener of a signal throws.
      }
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
