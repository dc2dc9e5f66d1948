import { ServiceBusBatchContext } from '../delivery/service-bus-batch.context.js';
import {
  type TestBindingOptions,
  type TestContextOptions,
  type TestMessageOptions,
  TestServiceBusContext,
} from './test-service-bus-context.js';

/** What a handler of batches gets with `@Ctx()`, for a test that calls the handler itself. */
export class TestServiceBusBatchContext extends ServiceBusBatchContext {
  /** One for each message, in the same order. */
  override get messages(): readonly TestServiceBusContext[] {
    return super.messages as readonly TestServiceBusContext[];
  }
}

/**
 * A context to call a handler with, without an application or a broker:
 *
 * ```ts
 * const context = createServiceBusContext({ attempt: 3 });
 * await controller.place({ id: 6 }, context);
 * expect(context.settlement).toEqual({ kind: 'complete' });
 * ```
 */
export function createServiceBusContext(options: TestContextOptions = {}): TestServiceBusContext {
  return new TestServiceBusContext(options);
}

/** A context to call a handler of batches with: for each of these messages one of its own, in the same order. */
export function createServiceBusBatchContext(
  messages: readonly TestMessageOptions[],
  binding: TestBindingOptions = {},
): TestServiceBusBatchContext {
  const contexts = messages.map(
    (message, index) => new TestServiceBusContext({ sequenceNumber: index + 1, ...message, ...binding }),
  );
  const { pattern = 'test', entityPath = pattern } = binding;
  return new TestServiceBusBatchContext(contexts, pattern, entityPath);
}
