import { type MessageRuntime } from '../../message/binding-runtime.js';
import { isFailure } from '../../message/outcome.js';
import { processMessage } from '../../message/process-message.js';
import { type Capacity } from './capacity.js';
import { type Delivery } from '../../delivery/delivery.js';

/** Processes the messages of a binding within its concurrency limit. */
export interface Dispatcher {
  /** Processes a message as soon as there is room for it; resolves with false if a drain began first. */
  dispatch(delivery: Delivery): Promise<boolean>;
  /** Dispatches no more messages. */
  close(): void;
}

/** Processes messages one by one; each takes a slot of its own. */
export class SingleDispatcher implements Dispatcher {
  constructor(
    private readonly capacity: Capacity,
    private readonly runtime: MessageRuntime,
  ) {}

  async dispatch(delivery: Delivery): Promise<boolean> {
    const { slots, breaker, adaptive } = this.capacity;
    if (!slots.tryTake() && !(await slots.take())) return false;
    const generation = breaker?.begin() ?? 0;
    const begunAtMs = adaptive?.begin() ?? 0;
    try {
      const outcome = await processMessage(delivery, this.runtime);
      if (outcome) breaker?.end(generation, isFailure(outcome));
    } finally {
      breaker?.beforeRelease(generation);
      adaptive?.end(begunAtMs);
      slots.release();
    }
    return true;
  }

  close(): void {
    // Closing the capacity rejects those that wait for a slot.
  }
}
