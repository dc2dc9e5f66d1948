import { type ServiceBusReceivedMessage, type ServiceBusSessionReceiver } from '@azure/service-bus';

import { Delivery } from './delivery.js';
import { LockLostError } from './lock-lost.error.js';
import { type ReceiverLink } from './receiver-link.js';
import { applySettlement, type Settlement } from './settlement.js';

/** A message of a session: it can be settled only while its session is held, and on no other link. */
export class SessionDelivery extends Delivery {
  private rejectAnswer?: (error: Error) => void;

  constructor(
    message: ServiceBusReceivedMessage,
    readonly session: ServiceBusSessionReceiver,
    link: ReceiverLink,
    place: number,
  ) {
    super(message, session, link, place);
  }

  override trySettle(settlement: Settlement): Promise<void> {
    return new Promise((resolve, reject) => {
      this.rejectAnswer = reject;
      applySettlement(settlement, this.session, this.message).then(() => {
        if (this.state === 'open') this.state = 'settled';
        resolve();
      }, reject);
    });
  }

  override lose(cause?: unknown): void {
    super.lose(cause);
    // The SDK would wait a minute for an answer that cannot come any more.
    this.rejectAnswer?.(new LockLostError(this.message.lockToken, cause));
  }
}
