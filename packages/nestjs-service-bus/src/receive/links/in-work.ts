import { type Delivery } from '../../delivery/delivery.js';
import { type LockRenewer } from '../../delivery/lock-renewer.js';
import { type Settler } from '../../sdk/index.js';

/** The messages that a consumer has in hand, in the order in which they arrived. */
export class InWork extends Set<Delivery> {
  private whenEmpty?: () => void;

  /** When the oldest message was received; insertion order is order of arrival. */
  get oldestReceivedAtMs(): number | undefined {
    const [oldest] = this;
    return oldest?.receivedAtMs;
  }

  override delete(delivery: Delivery): boolean {
    const wasThere = super.delete(delivery);
    if (this.size === 0) this.whenEmpty?.();
    return wasThere;
  }

  /** Resolves when no message is left. */
  idle(): Promise<void> {
    return this.size === 0 ? Promise.resolve() : new Promise((resolve) => (this.whenEmpty = resolve));
  }

  /** Marks earlier deliveries of the same message as lost: the broker does not tell us that their locks are. */
  async loseEarlierDeliveries(delivery: Delivery): Promise<void> {
    const { sequenceNumber } = delivery.message;
    if (!sequenceNumber) return;
    let hasLost = false;
    for (const earlier of this) {
      if (earlier === delivery || earlier.state !== 'open') continue;
      if (!earlier.message.sequenceNumber?.equals(sequenceNumber)) continue;
      earlier.lose();
      hasLost = true;
    }
    // If their work is done, that is recorded within this turn of the event loop.
    if (hasLost) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Hands the messages of all lost links, not only the latest, to this settler: answers may be lost with a link. */
  settleElsewhere(settler: Settler, locks: LockRenewer): void {
    for (const delivery of this) {
      if (delivery.link.isOpen) continue;
      delivery.linkLost(settler);
      locks.check(delivery);
    }
  }
}
