import { type MessagePath } from '../../runtime/message-path.js';
import { isFailure } from '../../message/outcome.js';
import { processMessage } from '../../message/process-message.js';
import { type Capacity } from './capacity.js';
import { type Delivery } from '../../delivery/delivery.js';

/** Gives the messages of a binding their turn in a handler. */
export interface Turns {
  /** Processes a message when it is its turn; resolves with false when a drain came first. */
  take(delivery: Delivery): Promise<boolean>;
  /** Gives nobody a turn any more. */
  close(): void;
}

/** Each message has a turn of its own, and takes a slot for it. */
export class SingleTurns implements Turns {
  constructor(
    private readonly capacity: Capacity,
    private readonly path: MessagePath,
  ) {}

  async take(delivery: Delivery): Promise<boolean> {
    const { slots, breaker, adaptive } = this.capacity;
    if (!slots.tryTake() && !(await slots.take())) return false;
    const era = breaker?.begun() ?? 0;
    const begunAtMs = adaptive?.begun() ?? 0;
    try {
      const outcome = await processMessage(delivery, this.path);
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
