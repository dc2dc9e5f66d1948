import { type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';

import { type RenewableLock } from '../delivery/lock-renewer.js';

/** The lock of a message that an injected receiver has handed out. */
export class HeldLock implements RenewableLock {
  renewAtMs = 0;
  lockEndsAtMs = 0;
  isRenewing = false;

  private readonly sinceMs = performance.now();

  constructor(
    private readonly message: ServiceBusReceivedMessage,
    private readonly receiver: Pick<ServiceBusReceiver, 'renewMessageLock'>,
    private readonly maxRenewalMs: number,
    private readonly ended: (isLost: boolean) => void,
  ) {}

  get lockedUntilUtc(): Date | undefined {
    return this.message.lockedUntilUtc;
  }

  get enqueuedTimeUtc(): Date | undefined {
    return this.message.enqueuedTimeUtc;
  }

  async renew(): Promise<Date> {
    // Stop eventually, so that a message that nobody settles returns to the queue.
    if (performance.now() - this.sinceMs > this.maxRenewalMs) this.ended(false);
    return this.receiver.renewMessageLock(this.message);
  }

  lose(): void {
    this.ended(true);
  }
}
