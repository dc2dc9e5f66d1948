import { type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';

import { attemptOf } from '../message/attempts.js';
import { LockLostError } from './lock-lost.error.js';
import { type RenewableLock } from './lock-renewer.js';
import { type ReceiverLink } from './receiver-link.js';
import { applySettlement, type Settlement } from './settlement.js';

/** The link was lost while a settlement was on its way: its answer will never come. */
class LinkLostError extends Error {
  override readonly name = 'LinkLostError';
}

/** One message in our hands, from its arrival until its lock is settled or lost. */
export class Delivery implements RenewableLock {
  /** open → settled or lost, once and for good. */
  state: 'open' | 'settled' | 'lost' = 'open';
  /** 1 for the first attempt at this message. */
  readonly attempt: number;

  renewAtMs = 0;
  lockEndsAtMs = 0;
  isRenewing = false;

  /** The message as the SDK is to see it. */
  private handle: ServiceBusReceivedMessage;
  private controller?: AbortController;
  private endReason?: Error;
  private rejectSettlement?: (error: Error) => void;

  constructor(
    readonly message: ServiceBusReceivedMessage,
    /** Settles and renews whatever link the message came on; a closed link's messages through $management. */
    private readonly receiver: ServiceBusReceiver,
    readonly link: ReceiverLink,
    /** In the link's window. */
    readonly place: number,
  ) {
    this.attempt = attemptOf(message);
    // On an entity without sessions a session id is a property like any other; the SDK takes it for a lock.
    this.handle = message.sessionId === undefined ? message : copyWith(message, { sessionId: undefined });
  }

  /** Aborted when the lock is lost, or when the grace of a shutdown is over. Made only if somebody looks. */
  get signal(): AbortSignal {
    if (!this.controller) {
      this.controller = new AbortController();
      if (this.endReason) this.controller.abort(this.endReason);
    }
    return this.controller.signal;
  }

  /** The handler's work counts no more: the lock is lost, or a drain gives the message back. */
  get isInterrupted(): boolean {
    return this.endReason !== undefined;
  }

  get lockedUntilUtc(): Date | undefined {
    return this.message.lockedUntilUtc;
  }

  renew(): Promise<Date> {
    return this.receiver.renewMessageLock(this.handle);
  }

  /** The lock is gone: nothing may be sent or settled for this delivery any more. */
  lose(cause?: unknown): void {
    if (this.state !== 'open') return;
    this.state = 'lost';
    this.interrupt(new LockLostError(this.message.lockToken, cause));
  }

  /** Tells the handler to stop; the message can still be settled. */
  interrupt(reason: Error): void {
    this.endReason ??= reason;
    this.controller?.abort(this.endReason);
  }

  /** One try to settle; rejects with the broker's refusal, or when its answer cannot come any more. */
  trySettle(settlement: Settlement): Promise<void> {
    return new Promise((resolve, reject) => {
      this.rejectSettlement = reject;
      applySettlement(settlement, this.receiver, this.handle).then(() => {
        if (this.state === 'open') this.state = 'settled';
        resolve();
      }, reject);
    });
  }

  /**
   * From now on the message is settled and renewed through $management. The SDK would go on waiting a minute for
   * an answer on the link that is gone: we do not.
   */
  linkLost(): void {
    // The SDK takes a message whose delivery has no link to $management, as it does with deferred ones.
    this.handle = copyWith(this.handle, { delivery: {} });
    this.rejectSettlement?.(new LinkLostError('the link was lost'));
  }
}

function copyWith(message: ServiceBusReceivedMessage, fields: object): ServiceBusReceivedMessage {
  const copy = Object.create(Object.getPrototypeOf(message) as object) as object;
  return Object.assign(copy, message, fields);
}
