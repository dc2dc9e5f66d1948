import { type Delivery } from '../delivery/delivery.js';
import { type Settlement } from '../delivery/settlement.js';
import { type MessageObserver } from './binding-runtime.js';
import { type Outcome } from './outcome.js';

/** Two observers of one binding's messages: the first is told first, and runs inside the second. */
export class ObserverPair implements MessageObserver {
  constructor(
    private readonly first: MessageObserver,
    private readonly second: MessageObserver,
  ) {}

  received(delivery: Delivery): void {
    this.first.received(delivery);
    this.second.received(delivery);
    // Each has put itself there.
    delivery.observer = this;
  }

  process(delivery: Delivery, work: () => Promise<Outcome | undefined>): Promise<Outcome | undefined> {
    return this.second.process(delivery, () => this.first.process(delivery, work));
  }

  settle(delivery: Delivery, settlement: Settlement, work: () => Promise<void>): Promise<void> {
    return this.second.settle(delivery, settlement, () => this.first.settle(delivery, settlement, work));
  }

  lockLost(cause: unknown): void {
    this.first.lockLost(cause);
    this.second.lockLost(cause);
  }
}

/** Both, as far as they are there. */
export function observeBoth(
  first: MessageObserver | undefined,
  second: MessageObserver | undefined,
): MessageObserver | undefined {
  return first && second ? new ObserverPair(first, second) : (first ?? second);
}
