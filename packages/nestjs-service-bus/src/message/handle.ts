import { type MessageHandler } from '@nestjs/microservices';
import { isObservable, type Observable } from 'rxjs';

import { type ServiceBusBatchContext } from '../delivery/service-bus-batch.context.js';
import { type ServiceBusContext } from '../delivery/service-bus.context.js';

const NOTHING: readonly unknown[] = [];

/**
 * Runs a Nest handler (its pipes, guards, interceptors and filters are inside) to its end, and returns what it
 * gave: nothing for undefined, one value, or all values of an Observable. Rejects with what it failed with.
 */
export async function handle(
  handler: MessageHandler,
  payload: unknown,
  context: ServiceBusContext | ServiceBusBatchContext,
): Promise<readonly unknown[]> {
  const result: unknown = await handler(payload, context);
  if (isObservable(result)) return collect(result, context.signal);
  return result === undefined ? NOTHING : [result];
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
