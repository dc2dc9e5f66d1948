import { type ServiceBusClient, type ServiceBusReceiver } from '@azure/service-bus';

import { type Retrying } from '../sdk/index.js';
import { SYSTEM_CLOCK } from '../time/clock.js';
import { LockRenewer } from '../delivery/lock-renewer.js';
import { within } from '../time/within.js';
import { RenewingReceiver } from './renewing-receiver.js';

/** A queue, or a topic's subscription. */
export type ReceiverEntity = string | SubscriptionEntity | KeyedQueue;

/** A queue that is read by a key of its own. */
export interface KeyedQueue {
  /** Its name. */
  readonly queue: string;
  /** From its access policies, with the right Listen. */
  readonly connectionString: string;
}

/** A subscription, as an entity to receive from. */
export interface SubscriptionEntity {
  /** The topic that has it. */
  readonly topic: string;
  /** Its name. */
  readonly subscription: string;
  /** From the topic's access policies, with the right Listen. Default: the connection of `forRoot`. */
  readonly connectionString?: string;
}

const CLOSE_TIMEOUT_MS = 5_000;

/** Creates the receivers that are injected, and closes them with the application. */
export class ReceiverPool {
  private readonly locks = new LockRenewer(SYSTEM_CLOCK);
  private readonly receivers: ServiceBusReceiver[] = [];

  constructor(
    /** Tries each operation once. */
    private readonly client: ServiceBusClient,
    private readonly retrying: Retrying,
  ) {}

  create(entity: ReceiverEntity): ServiceBusReceiver {
    // The SDK's renewal identifies messages by message id, and throws without one: we renew ourselves.
    const options = { maxAutoLockRenewalDurationInMs: 0 };
    const receiver =
      typeof entity !== 'string' && 'topic' in entity
        ? this.client.createReceiver(entity.topic, entity.subscription, options)
        : this.client.createReceiver(typeof entity === 'string' ? entity : entity.queue, options);
    this.receivers.push(receiver);
    return new RenewingReceiver(receiver, this.locks, this.retrying);
  }

  async close(): Promise<void> {
    await Promise.all(this.receivers.map((receiver) => within(CLOSE_TIMEOUT_MS, receiver.close())));
    this.locks.close();
  }
}
