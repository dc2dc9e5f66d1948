import { type Delivery } from '../../delivery/delivery.js';
import { type MessageRuntime } from '../../message/binding-runtime.js';
import { isFailure, isTrial, type Outcome } from '../../message/outcome.js';
import { processMessage } from '../../message/process-message.js';
import { type Capacity } from './capacity.js';
import { Patience } from './patience.js';

/** Processes the messages of a binding within its concurrency limit. */
export interface Dispatcher {
  /** Messages that wait for a slot, or for a token of the binding's rate. */
  readonly waiting: number;
  /**
   * Processes a message as soon as there is room for it; resolves with false if it is not to be processed here: a drain
   * has begun, the binding is paused, it has waited for too long, or its lock was lost meanwhile.
   */
  dispatch(delivery: Delivery): Promise<boolean>;
  /** Lets go of messages that wait for their handler, and dispatches no more until `resume`. */
  pause(): void;
  resume(): void;
  /** Dispatches no more messages. */
  close(): void;
}

/** Processes messages one by one; each has a slot of its own from its handler's call to its end. */
export class SingleDispatcher implements Dispatcher {
  waiting = 0;
  private readonly patience: Patience;

  constructor(
    private readonly capacity: Capacity,
    private readonly runtime: MessageRuntime,
    /** Told whenever there is room for another message. */
    private readonly roomMade: () => void,
  ) {
    this.patience = new Patience(runtime.clock);
  }

  async dispatch(delivery: Delivery): Promise<boolean> {
    const { capacity } = this;
    if (!capacity.slots.tryTake() && !(await this.wait(delivery))) {
      capacity.left();
      return false;
    }
    // Its token is taken, and so the next one's is nearer.
    if (capacity.rate) this.roomMade();
    const turn = new Turn(capacity, this.runtime.clock.now(), this.roomMade);
    delivery.onHandled = () => turn.handled(this.runtime.clock.now());
    try {
      turn.outcome(await processMessage(delivery, this.runtime));
    } finally {
      delivery.onHandled = undefined;
      turn.end();
    }
    return true;
  }

  // The capacity's own pause rejects those that wait for a slot.
  pause(): void {}

  resume(): void {}

  close(): void {
    // Closing the capacity rejects those that wait for a slot.
    this.patience.close();
  }

  private wait(delivery: Delivery): Promise<boolean> {
    const { capacity, patience } = this;
    if (capacity.slots.isClosed) return Promise.resolve(false);
    this.waiting++;
    return new Promise((resolve) => {
      const granted = (isGranted: boolean): void => {
        this.waiting--;
        patience.end(delivery);
        delivery.onLost = undefined;
        resolve(isGranted);
      };
      capacity.slots.wait(granted);
      // Its turn, and its token, are another one's.
      delivery.onLost = () => capacity.slots.leave(granted);
      patience.wait(delivery, () => {
        if (!capacity.losesPatience) return;
        capacity.wasLate();
        capacity.slots.leave(granted);
      });
    });
  }
}

/** One message's hold of a slot. */
class Turn {
  private readonly generation: number;
  private hasEnded = false;

  constructor(
    private readonly capacity: Capacity,
    private readonly begunAtMs: number,
    private readonly roomMade: () => void,
  ) {
    this.generation = capacity.breaker?.begin() ?? 0;
    capacity.adaptive?.begin(begunAtMs);
  }

  handled(nowMs: number): void {
    this.capacity.handled(nowMs - this.begunAtMs);
    if (this.capacity.letsHandledGo) this.end();
  }

  outcome(outcome: Outcome | undefined): void {
    if (outcome && isTrial(outcome)) this.capacity.breaker?.end(this.generation, isFailure(outcome));
  }

  end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    const { capacity } = this;
    capacity.breaker?.beforeRelease(this.generation);
    capacity.adaptive?.end(this.begunAtMs);
    capacity.left();
    capacity.slots.release();
    this.roomMade();
  }
}
