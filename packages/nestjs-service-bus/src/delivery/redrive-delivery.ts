import { hostname } from 'node:os';

import { type ServiceBusReceivedMessage, type ServiceBusSessionReceiver } from '@azure/service-bus';

import { type Settler } from '../sdk/index.js';
import { type AttemptCounting } from './attempts.js';
import { Delivery, type DeliveryLink } from './delivery.js';
import { type Settlement, type SettlementProperties } from './settlement.js';

/** What the last redrive that failed leaves on its dead letter, beside what was noted when it was dead-lettered. */
const RedriveProperty = {
  /** How many redrives have failed. */
  count: 'redrive-count',
  /** The attempt that was the last one, counted from 1 in this redrive. */
  attempt: 'redrive-attempt',
  reason: 'redrive-reason',
  description: 'redrive-description',
  stack: 'redrive-stack',
  host: 'redrive-host',
  time: 'redrive-time',
} as const;

/** [Service Bus] What a redrive deals with has no link of ours: it is settled by its lock token. */
const NO_LINK: DeliveryLink = { isOpen: true, release: () => undefined };

/**
 * One attempt at a dead letter in its dead-letter queue. Nothing can be dead-lettered from there, and what was deferred
 * would come to nobody's eyes: a message that fails again goes back to its place, as a dead letter with two reasons.
 */
export class RedriveDelivery extends Delivery {
  /** How it was settled, in its handler's or our words. */
  ending?: Settlement = undefined;
  /** Its handler has failed, and is to have another attempt once `waited` resolves. */
  isToBeRetried = false;
  /** Of a binding with sessions. */
  session?: ServiceBusSessionReceiver = undefined;
  readonly waited: Promise<void>;
  /** Ends the wait before another attempt. */
  endWaiting!: () => void;

  constructor(
    message: ServiceBusReceivedMessage,
    settler: Settler,
    counting: AttemptCounting,
    attempt: number,
  ) {
    super(message, settler, NO_LINK, 0, counting, attempt);
    this.waited = new Promise((resolve) => (this.endWaiting = resolve));
  }

  override get isRedriven(): boolean {
    return true;
  }

  override async renew(): Promise<Date> {
    const lockedUntilUtc = await super.renew();
    // The next attempt begins with what is known of the lock by then.
    this.message.lockedUntilUtc = lockedUntilUtc;
    return lockedUntilUtc;
  }

  override trySettle(settlement: Settlement): Promise<void> {
    this.ending = settlement;
    return super.trySettle(this.inDeadLetterQueue(settlement));
  }

  private inDeadLetterQueue(settlement: Settlement): Settlement {
    switch (settlement.kind) {
      case 'complete':
      case 'abandon':
        return settlement;
      case 'defer':
        return this.failed('Deferred', 'its handler has deferred it', {});
      case 'dead-letter':
        return this.failed(settlement.reason, settlement.description, settlement.properties ?? {});
    }
  }

  private failed(reason: string, description: string, noted: SettlementProperties): Settlement {
    const earlier = this.message.applicationProperties?.[RedriveProperty.count];
    const stack = noted['dead-letter-stack'];
    const properties: SettlementProperties = {
      [RedriveProperty.count]: (typeof earlier === 'number' ? earlier : 0) + 1,
      [RedriveProperty.attempt]: this.attempt,
      [RedriveProperty.reason]: reason,
      [RedriveProperty.description]: description,
      [RedriveProperty.host]: hostname(),
      [RedriveProperty.time]: new Date().toISOString(),
    };
    if (stack !== undefined) properties[RedriveProperty.stack] = stack;
    return { kind: 'abandon', properties };
  }
}
