import { type ServiceBusReceivedMessage, type ServiceBusSessionReceiver } from '@azure/service-bus';

import { LockLostError } from '../exceptions/lock-lost.error.js';
import { type Settler } from '../sdk/index.js';
import { type AttemptCounting } from './attempts.js';
import { Delivery, type DeliveryLink } from './delivery.js';
import { type Settlement } from './settlement.js';

/** A message of a session: it can be settled only while its session is held, and not before the one ahead of it. */
export class SessionDelivery extends Delivery {
  /** Resolves when the message before it has ended; undefined where it has. */
  previous?: Promise<void> | undefined = undefined;
  /** Resolves when it has ended, and is settled or lost. */
  readonly ended: Promise<void>;
  /** Its work is done and its results are accepted: it is to be completed, and cannot end otherwise. */
  isCompleting = false;
  /** Called before it goes back to the broker, to come again. */
  onAbandoning?: () => void = undefined;
  /** To be called when it has ended. */
  end!: () => void;

  constructor(
    message: ServiceBusReceivedMessage,
    readonly session: ServiceBusSessionReceiver,
    settler: Settler,
    link: DeliveryLink,
    place: number,
    counting?: AttemptCounting,
    attempt?: number,
  ) {
    super(message, settler, link, place, counting, attempt);
    this.ended = new Promise((resolve) => (this.end = resolve));
  }

  override trySettle(settlement: Settlement): Promise<void> {
    this.wasTried = true;
    if (settlement.kind === 'abandon') this.onAbandoning?.();
    if (!this.previous) return super.trySettle(settlement);
    return this.previous.then(() => {
      this.previous = undefined;
      // The session may be lost by now: what was settled then would overtake the one before.
      if (this.state !== 'open') throw new LockLostError(this.message.lockToken);
      return super.trySettle(settlement);
    });
  }
}
