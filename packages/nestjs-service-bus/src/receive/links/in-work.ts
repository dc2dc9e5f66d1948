import { type Delivery } from '../../delivery/delivery.js';
import { type LockRenewer } from '../../delivery/lock-renewer.js';
import { type Settler } from '../../sdk/index.js';

/** The messages that a consumer has in hand, in the order in which they came. */
export class InWork extends Set<Delivery> {
  private whenEmpty?: () => void;

  /** For the age of the oldest one. */
  get oldestReceivedAtMs(): number | undefined {
    const [oldest] = this;
    return oldest?.receivedAtMs;
  }

  override delete(delivery: Delivery): boolean {
    const wasThere = super.delete(delivery);
    if (this.size === 0) this.whenEmpty?.();
    return wasThere;
  }

  /** Resolves when there is none left. */
  idle(): Promise<void> {
    return this.size === 0 ? Promise.resolve() : new Promise((resolve) => (this.whenEmpty = resolve));
  }

  /** A message that comes again while we have it: its former lock is lost, and nobody has told us so far. */
  async loseFormer(delivery: Delivery): Promise<void> {
    const { sequenceNumber } = delivery.message;
    for (const former of this) {
      if (former === delivery || !sequenceNumber) continue;
      if (!former.message.sequenceNumber?.equals(sequenceNumber)) continue;
      former.lose();
      // If its work is done, that is noted within this turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      return;
    }
  }

  /** For the messages of all links that are gone, not the last one only: their answers may be gone as well. */
  settleElsewhere(settler: Settler, locks: LockRenewer): void {
    for (const delivery of this) {
      if (delivery.link.isOpen) continue;
      delivery.linkLost(settler);
      locks.check(delivery);
    }
  }
}
