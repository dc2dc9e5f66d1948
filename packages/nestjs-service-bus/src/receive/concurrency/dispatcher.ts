import { type MessageRuntime } from '../../message/binding-runtime.js';
import { isFailure } from '../../message/outcome.js';
import { processMessage } from '../../message/process-message.js';
import { type Capacity } from './capacity.js';
import { type Delivery } from '../../delivery/delivery.js';

/** Has the messages of a binding processed as its concurrency allows. */
export interface Dispatcher {
  /** Processes a message as soon as there is room for it; resolves with false when a drain came first. */
  dispatch(delivery: Delivery): Promise<boolean>;
  /** Dispatches nothing any more. */
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
    const era = breaker?.begun() ?? 0;
    const begunAtMs = adaptive?.begun() ?? 0;
    try {
      const outcome = await processMessage(delivery, this.runtime);
      if (outcome) breaker?.end(era, isFailure(outcome));
    } finally {
      breaker?.over(era);
      adaptive?.end(begunAtMs);
      slots.release();
    }
    return true;
  }

  close(): void {
    // Whoever waits for a slot is sent away with the capacity.
  }
}
