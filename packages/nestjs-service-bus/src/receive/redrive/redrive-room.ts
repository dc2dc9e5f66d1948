import { RedriveDelivery } from '../../delivery/redrive-delivery.js';
import { type Delivery } from '../../delivery/delivery.js';
import { settle } from '../../delivery/settle.js';
import { WaitingRoom } from '../../message/waiting-room.js';
import { type Clock } from '../../time/clock.js';

/** Dead letters between two attempts of a redrive: they wait with their locks held, and not for long. */
export class RedriveRoom extends WaitingRoom {
  constructor(
    clock: Clock,
    private readonly maxHoldMs: number,
  ) {
    super(clock, (delivery) => {
      if (delivery instanceof RedriveDelivery) delivery.endWaiting();
      return Promise.resolve();
    });
  }

  override async enter(delivery: Delivery, delayMs: number): Promise<void> {
    if (delayMs > this.maxHoldMs) {
      const description = `its handler asks for another attempt in ${delayMs} ms: a redrive holds it for ${this.maxHoldMs} ms at most`;
      return settle(delivery, { kind: 'dead-letter', reason: 'RetryTooLate', description });
    }
    if (delivery instanceof RedriveDelivery) delivery.isToBeRetried = true;
    await super.enter(delivery, delayMs);
  }
}
