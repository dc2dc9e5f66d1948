import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { type Context } from '@opentelemetry/api';

import { errorCode, MessageLock, type Settler } from '../sdk/index.js';
import { type AttemptCounting, attemptOf } from './attempts.js';
import { LockLostError } from '../exceptions/lock-lost.error.js';
import { type RenewableLock } from './lock-renewer.js';
import { applySettlement, fitSettlement, type Settlement } from './settlement.js';

/** Watches deliveries and changes nothing about them: telemetry implements it. */
export interface DeliveryObserver {
  /** The lock was lost before the message was settled. */
  lockLost(cause: unknown): void;
  /** Runs one settlement, all its tries included. */
  settle(delivery: Delivery, settlement: Settlement, work: () => Promise<void>): Promise<void>;
}

/** The link that a delivery came on, as far as the delivery's end concerns it. */
export interface DeliveryLink {
  readonly isOpen: boolean;
  /** The delivery's fate is known: the link need not hold it any longer. */
  release(delivery: Delivery): void;
}

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
  /** On the clock of `performance.now()`. */
  readonly receivedAtMs = performance.now();

  /** Set where somebody measures or traces. */
  observer?: DeliveryObserver = undefined;
  /** What the spans of this message belong to; set where they are recorded. */
  trace?: Context = undefined;

  /** Where results of this message have been sent. */
  repliedTo?: string = undefined;

  /** Signs that there is more in work than broker and process bear: counted, and reset by who looks. */
  troubles = 0;

  /** While its result waits for a destination that takes nothing. */
  isHeldBack = false;
  /** A drain gives it back, whatever its handler does. */
  isGivenBack = false;
  /** Its attempt has failed, and is not to be forgotten if the message goes back before its next one is arranged. */
  hasFailed = false;
  /** Its end is decided, whether or not the broker was told. */
  protected wasTried = false;

  /** Called once its handler has ended, or will not be called: its result and its settlement may still be on their way. */
  onHandled?: () => void = undefined;
  /** Called once its work is done and its results are accepted: only the broker's answer to its completion is missing. */
  onCompleting?: () => void = undefined;
  /** Called when its lock is lost while it waits for its turn or for another attempt: there is nothing to wait for. */
  onLost?: (() => void) | undefined = undefined;
  /** How long the broker took to answer its settlement, in milliseconds. */
  answeredInMs: number | undefined = undefined;

  renewAtMs = 0;
  lockEndsAtMs = 0;
  isRenewing = false;
  inDoubt: Promise<void> | undefined = undefined;

  private readonly lock: MessageLock;
  private controller?: AbortController;
  private endReason?: Error;
  private endWait?: (error: Error) => void;

  constructor(
    readonly message: ServiceBusReceivedMessage,
    /** Settles and renews whatever link the message came on; a closed link's messages through $management. */
    settler: Settler,
    readonly link: DeliveryLink,
    /** In the link's window. */
    readonly place: number,
    readonly counting?: AttemptCounting,
    /** Where it is known by other means than by what the message says. */
    attempt?: number,
  ) {
    this.attempt = attempt ?? attemptOf(message, counting);
    this.lock = new MessageLock(message, settler);
  }

  /** Aborted when the lock is lost, or when the grace of a shutdown is over. Made only if somebody looks. */
  get signal(): AbortSignal {
    if (!this.controller) {
      this.controller = new AbortController();
      if (this.endReason) this.controller.abort(this.endReason);
    }
    return this.controller.signal;
  }

  /** Attempts at the message that have failed so far. */
  get failedAttempts(): number {
    return this.hasFailed ? this.attempt : this.attempt - 1;
  }

  /** Its handler has ended, or will not be called. */
  handled(): void {
    const { onHandled } = this;
    this.onHandled = undefined;
    onHandled?.();
  }

  /** The handler's work counts no more: the lock is lost, or a drain gives the message back. */
  get isInterrupted(): boolean {
    return this.endReason !== undefined;
  }

  /** Its end is decided, and the broker's answer has not come yet. */
  get isSettling(): boolean {
    return this.wasTried && this.state === 'open';
  }

  /** The broker has answered its settlement on its link, where it takes up no place any more. */
  get hasLeftLink(): boolean {
    return this.state === 'settled' && !this.lock.isUnansweredOnLink;
  }

  /** It is a dead letter, whose handler has another try: a requester has been told of its failure long ago. */
  get isRedriven(): boolean {
    return false;
  }

  get lockedUntilUtc(): Date | undefined {
    return this.message.lockedUntilUtc;
  }

  get enqueuedTimeUtc(): Date | undefined {
    return this.message.enqueuedTimeUtc;
  }

  renew(): Promise<Date> {
    return this.lock.renew();
  }

  renewalFailed(error: unknown): void {
    const code = errorCode(error);
    // Without a way to the broker nothing is renewed, however little there is in work.
    if (code !== undefined && code !== 'ServiceCommunicationProblem') this.troubles++;
  }

  /** The lock is gone: nothing may be sent or settled for this delivery any more. */
  lose(cause?: unknown): void {
    if (this.state !== 'open') return;
    this.state = 'lost';
    this.troubles++;
    this.observer?.lockLost(cause);
    const reason = new LockLostError(this.message.lockToken, cause);
    this.interrupt(reason);
    // Its answer may never come, and work that is done has to be remembered before the next delivery does.
    this.endWait?.(reason);
    this.onLost?.();
  }

  /** Tells the handler to stop; the message can still be settled. */
  interrupt(reason: Error): void {
    this.endReason ??= reason;
    this.controller?.abort(this.endReason);
  }

  /** One try to settle; rejects with the broker's refusal, or when its answer cannot come any more. */
  trySettle(settlement: Settlement): Promise<void> {
    this.wasTried = true;
    const askedAtMs = performance.now();
    return new Promise((resolve, reject) => {
      this.endWait = reject;
      const settled = (): void => {
        this.answeredInMs = performance.now() - askedAtMs;
        if (this.state === 'open') this.state = 'settled';
        resolve();
      };
      applySettlement(fitSettlement(settlement, this.message), this.lock, settled, reject);
    });
  }

  /** Waits before the next try to settle; a lock or a link that is lost ends the wait. */
  pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, delayMs).unref();
      this.endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /**
   * From now on the message is settled and renewed through $management by this settler. The SDK would go on waiting
   * a minute for an answer on the link that is gone: we do not.
   */
  linkLost(settler: Settler): void {
    this.lock.moveTo(settler);
    this.endWait?.(new LinkLostError('the link was lost'));
  }
}
