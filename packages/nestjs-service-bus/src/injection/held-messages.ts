import { type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';

import { LockRenewer } from '../delivery/lock-renewer.js';
import { settleAlone } from '../sdk/index.js';
import { SYSTEM_CLOCK } from '../time/clock.js';
import { HeldLock } from './held-lock.js';

/** The part of a receiver that settles and renews. */
export type SettlingReceiver = Pick<
  ServiceBusReceiver,
  'completeMessage' | 'abandonMessage' | 'renewMessageLock'
>;

/** Options of `HeldMessages`. */
export interface HeldMessagesOptions {
  /** Locks are renewed for so long, in milliseconds; then the message goes back to its queue. Default: 5 minutes. */
  readonly maxRenewalMs?: number;
  /** Called with a message that is held no longer because its lock was lost: it will be delivered again. */
  readonly onLockLost?: (message: ServiceBusReceivedMessage) => void;
}

/** The SDK's own bound on automatic renewal. */
const MAX_RENEWAL_MS = 5 * 60_000;

/**
 * Messages that were received and are not settled yet. Renews the lock of each, for as long as it is held, until it is
 * settled or lost.
 *
 * Use it for receivers of your own, created with `maxAutoLockRenewalDurationInMs: 0`: the SDK's renewal goes by
 * message id, which two messages may share or lack, and ends with the first failure. This one goes by message, and
 * tries again until the lock ends.
 */
export class HeldMessages implements Iterable<ServiceBusReceivedMessage> {
  private readonly locks = new Map<ServiceBusReceivedMessage, HeldLock>();
  private readonly renewer: LockRenewer;

  constructor(
    private readonly receiver: SettlingReceiver,
    private readonly options: HeldMessagesOptions = {},
    /** Where locks of others are renewed as well. */
    private readonly sharedRenewer?: LockRenewer,
  ) {
    this.renewer = sharedRenewer ?? new LockRenewer(SYSTEM_CLOCK);
  }

  /** How many are held. */
  get size(): number {
    return this.locks.size;
  }

  /** The messages that are held, in the order in which they came. */
  [Symbol.iterator](): IterableIterator<ServiceBusReceivedMessage> {
    return this.locks.keys();
  }

  /** Renews the lock of a message from now on. */
  hold(message: ServiceBusReceivedMessage): void {
    const { maxRenewalMs = MAX_RENEWAL_MS, onLockLost } = this.options;
    const lock = new HeldLock(message, this.receiver, maxRenewalMs, (isLost) => {
      this.release(message);
      if (isLost) onLockLost?.(message);
    });
    this.locks.set(message, lock);
    this.renewer.add(lock);
  }

  /** Renews the lock no longer; somebody else has settled the message, or nobody will. */
  release(message: ServiceBusReceivedMessage): void {
    const lock = this.locks.get(message);
    if (!lock) return;
    this.locks.delete(message);
    this.renewer.remove(lock);
  }

  /** Releases all messages, unsettled. */
  releaseAll(): void {
    for (const message of this) this.release(message);
    if (!this.sharedRenewer) this.renewer.close();
  }

  /** Completes a message, and releases it; rejects with the broker's refusal, and holds it still. */
  async complete(message: ServiceBusReceivedMessage): Promise<void> {
    await this.receiver.completeMessage(message);
    this.release(message);
  }

  /** Gives a message back to its queue, and releases it; safe next to completions (the SDK's own is not). */
  async abandon(
    message: ServiceBusReceivedMessage,
    properties?: Parameters<ServiceBusReceiver['abandonMessage']>[1],
  ): Promise<void> {
    await settleAlone(() => this.receiver.abandonMessage(message, properties));
    this.release(message);
  }
}
