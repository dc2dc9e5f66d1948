import { type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';

import { type RenewableLock } from '../delivery/lock-renewer.js';

/** As long as the SDK's own automatic renewal. */
const MAX_RENEWAL_MS = 5 * 60_000;

/** The lock of a message that an injected receiver has handed out. */
export class HeldLock implements RenewableLock {
  renewAtMs = 0;
  lockEndsAtMs = 0;
  isRenewing = false;

  private readonly sinceMs = performance.now();

  constructor(
    private readonly message: ServiceBusReceivedMessage,
    private readonly receiver: ServiceBusReceiver,
    private readonly stopRenewing: () => void,
  ) {}

  get lockedUntilUtc(): Date | undefined {
    return this.message.lockedUntilUtc;
  }

  async renew(): Promise<Date> {
    // Stop eventually, so that a message that nobody settles returns to the queue.
    if (performance.now() - this.sinceMs > MAX_RENEWAL_MS) this.stopRenewing();
    return this.receiver.renewMessageLock(this.message);
  }

  lose(): void {
    this.stopRenewing();
  }
}
