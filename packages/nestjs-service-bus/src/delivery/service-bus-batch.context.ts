import { BaseRpcContext } from '@nestjs/microservices';

import { type ServiceBusContext } from './service-bus.context.js';

/** What a handler of batches gets with `@Ctx()`: a context for each message, and what concerns them all. */
export class ServiceBusBatchContext extends BaseRpcContext<[readonly ServiceBusContext[], string, string]> {
  private readonly failures = new Map<number, unknown>();
  private controller?: AbortController;

  constructor(messages: readonly ServiceBusContext[], pattern: string, entityPath: string) {
    super([messages, pattern, entityPath]);
  }

  /** One for each payload, in the same order: its message, attempt, signal, and settlement by hand. */
  get messages(): readonly ServiceBusContext[] {
    return this.args[0];
  }

  /** The binding's pattern, with `/subject` where a handler is bound to one. */
  get pattern(): string {
    return this.args[1];
  }

  /** The queue, or `topic/Subscriptions/subscription`, that the messages came from. */
  get entityPath(): string {
    return this.args[2];
  }

  /** Aborted when a shutdown waits no longer, and when the locks of all messages are lost. */
  get signal(): AbortSignal {
    if (this.controller) return this.controller.signal;
    const controller = (this.controller = new AbortController());
    let left = this.messages.length;
    for (const { signal } of this.messages) {
      const gone = (): void => {
        if (--left === 0) controller.abort(signal.reason);
      };
      if (signal.aborted) gone();
      else signal.addEventListener('abort', gone, { once: true });
    }
    return controller.signal;
  }

  /**
   * Has one message end as if its own handler had thrown this error: retried, dead-lettered or deferred, by the
   * same rules. The others are not affected. Throws a RangeError when there is no such message.
   */
  fail(index: number, error: unknown): void {
    if (!Number.isInteger(index) || !this.messages[index]) {
      throw new RangeError(
        `the batch has messages 0 to ${this.messages.length - 1}, none at ${String(index)}`,
      );
    }
    this.failures.set(index, error);
  }

  /** What the handler said of the messages that failed, by position. */
  get failed(): ReadonlyMap<number, unknown> {
    return this.failures;
  }
}
