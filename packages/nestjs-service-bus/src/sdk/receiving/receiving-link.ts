import {
  type ProcessErrorArgs,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from '@azure/service-bus';

import { within } from '../../time/within.js';
import { FastLink, type FastLinkOwner } from '../fast-lane/fast-link.js';
import { receiverLinkOf, sdkReceiverLinkOf } from '../fast-lane/rhea-link.js';
import { throttlePauseMs } from '../throttling.js';
import { settleAlone } from '../message/settle-alone.js';
import { drainLink } from './drain-link.js';
import { subscribe, type Subscription } from './subscribe.js';

const CLOSE_TIMEOUT_MS = 2_000;
const DRAIN_TIMEOUT_MS = 1_000;

/** What a receiving link tells its owner. */
export interface ReceivingLinkOwner {
  /** Takes a message. One that it throws on is given back. */
  messageReceived(message: ServiceBusReceivedMessage): void;
  /** The owner could not take a message, which is given back. */
  messageFailed(error: Error): void;
  /** The link is open. A session's link is open from the beginning: there nobody tells. */
  linkOpened(): void;
  /** The link could not be opened; the SDK keeps trying. A session's link is gone. */
  linkFailed(error: Error): void;
  /** The link was open and is gone. It does not come back: close it. */
  linkLost(): void;
}

/**
 * A link that messages arrive on, over one of the SDK's receivers: the SDK opens it, and its messages take the fast
 * lane if they may.
 *
 * A link that is lost stays lost. The SDK would open a new one in its place, give it the old one's credit on top of
 * its own, and settle the old one's messages on the dead link (waiting a minute for answers, or taking the answers to
 * the new link's deliveries of the same numbers for theirs).
 */
export class ReceivingLink implements FastLinkOwner {
  /** What the broker said when it took the open link away. */
  lastError?: Error;
  /** Why the last attempt to open it failed. */
  private openingError?: Error | undefined;
  takenFromSdk = 0;

  /** Messages that the broker may still send. */
  outstanding: number;

  private fastLink?: FastLink;
  private subscription?: Subscription;
  /** Messages that the SDK waits for us to be done with: it gives the broker a credit for each that we release. */
  private readonly withheld: (() => void)[] = [];
  /** The broker is being asked for what it still has: nobody may grant credit. */
  private asking?: Promise<number | undefined> | undefined;
  /** The broker was asked and has not answered, in time or at all. */
  private isAnswerDue = false;
  /** Credit that was granted while the broker was being asked. */
  private owedCredit = 0;
  private isOpened = false;
  private isStopped = false;
  private isRetired = false;
  private isClosed = false;
  private closing?: Promise<unknown>;

  constructor(
    private readonly receiver: ServiceBusReceiver,
    /** How many messages the broker may send before it is granted more. */
    private firstCredit: number,
    private readonly owner: ReceivingLinkOwner,
    /** The same without the fast lane, where it can never be more than at first. */
    private readonly onlyCredit = firstCredit,
  ) {
    this.outstanding = firstCredit;
  }

  /** The most messages that may be on their way at once; without the fast lane the SDK never grants more than at first. */
  get maxCredit(): number {
    return this.fastLink ? Infinity : this.firstCredit;
  }

  /** Lets the broker send so many messages more, as far as it can be granted them. */
  grant(count: number): void {
    if (this.isStopped || this.isRetired) return;
    const most = this.fastLink ? Infinity : this.withheld.length - this.owedCredit;
    const credit = Math.min(count, most);
    this.outstanding += credit;
    this.owedCredit += credit;
    if (!this.asking) this.payCredit();
  }

  /** Begins to receive. Throws if the receiver is closed, or its session is lost. */
  open(): void {
    // A session's link is open by now; any other opens when the SDK gets to it.
    this.fastLink = FastLink.open(this.receiver, this);
    if (!this.fastLink) this.outstanding = this.firstCredit = this.onlyCredit;
    this.subscription = subscribe(
      this.receiver,
      {
        processMessage: (message) => this.takeFromSdk(message),
        processError: (args) => this.failed(args),
        linkOpening: () => this.opening(),
        linkOpened: () => this.opened(),
      },
      { autoCompleteMessages: false, maxConcurrentCalls: this.firstCredit },
    );
  }

  /**
   * Whether the broker answers on the link; undefined where it cannot be asked. Messages may come meanwhile, as always.
   */
  async isServed(timeoutMs: number): Promise<boolean | undefined> {
    const link = receiverLinkOf(this.receiver);
    if (!link?.is_open() || !this.isInUse || this.asking) return undefined;
    // We owe it credit that it never got; or it was asked before, and has not answered yet.
    if (link.credit === 0 || this.isAnswerDue) return false;
    this.isAnswerDue = true;
    const answered = (returned: number): void => {
      this.isAnswerDue = false;
      if (link.is_open() && this.isInUse) link.add_credit(returned);
    };
    this.asking = drainLink(link, timeoutMs, answered);
    const returned = await this.asking;
    this.asking = undefined;
    if (returned !== undefined) answered(returned);
    this.payCredit();
    if (returned !== undefined) return true;
    return this.isInUse ? false : undefined;
  }

  private get isInUse(): boolean {
    return !this.isStopped && !this.isRetired;
  }

  /** Grants no more credit from now on; the link still brings what it was promised. */
  retire(): void {
    this.isRetired = true;
  }

  /** Takes the credit back from the broker; what was on its way still arrives. */
  async stop(): Promise<void> {
    this.isStopped = true;
    letCloseFail(this.receiver);
    await this.takeCreditBack();
    if (this.subscription) await this.waitFor(this.subscription.close());
  }

  /**
   * Before the SDK does: it waits for 200 ms, less than a far broker or a busy machine takes, and closes the link then.
   * What the broker has sent by that time would stay locked.
   */
  private async takeCreditBack(): Promise<void> {
    if (this.asking) await within(DRAIN_TIMEOUT_MS, this.asking);
    const link = receiverLinkOf(this.receiver);
    if (!link?.is_open() || link.credit === 0 || this.isAnswerDue) return;
    this.isAnswerDue = true;
    await drainLink(link, DRAIN_TIMEOUT_MS, () => undefined);
  }

  /** Closes the link, within a few seconds; messages that it brought are settled through `$management` then. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.isRetired = true;
    // A receiver that is closed while the connection is down would otherwise come back with the connection.
    await this.stop();
    this.closing = this.receiver.close();
    await this.waitFor(this.closing);
  }

  /** The same, and waits, for a few seconds, also where the SDK has to open it before. */
  async closeToItsEnd(): Promise<void> {
    await this.close();
    if (this.closing) await within(CLOSE_TIMEOUT_MS, this.closing);
  }

  /** The SDK opens a link to its end before it closes it: a link that never brought anything need not be waited for. */
  private async waitFor(closing: Promise<unknown>): Promise<void> {
    if (this.isOpened || 'sessionId' in this.receiver) await within(CLOSE_TIMEOUT_MS, closing);
    else closing.catch(() => undefined);
  }

  takeFromFastLane(message: ServiceBusReceivedMessage): void {
    this.outstanding--;
    try {
      this.owner.messageReceived(message);
    } catch (error) {
      settleAlone(() => this.receiver.abandonMessage(message)).catch(() => undefined);
      this.owner.messageFailed(error as Error);
    }
  }

  private async takeFromSdk(message: ServiceBusReceivedMessage): Promise<void> {
    this.takenFromSdk++;
    this.outstanding--;
    // What throws here the SDK abandons.
    this.owner.messageReceived(message);
    // The SDK gives credit when this promise resolves: one that stays pending withholds it. The fast lane grants itself.
    await new Promise<void>((resolve) => {
      if (!this.fastLink) this.withheld.push(resolve);
    });
  }

  private payCredit(): void {
    const credit = this.owedCredit;
    if (credit <= 0 || this.isStopped || this.isRetired) return;
    this.owedCredit = 0;
    if (this.fastLink) return this.fastLink.grant(credit);
    for (const release of this.withheld.splice(0, credit)) release();
  }

  private async opening(): Promise<void> {
    if (this.isOpened && !this.isClosed) this.owner.linkLost();
    // The SDK would ask a broker that throttles us again within a second.
    const pauseMs = throttlePauseMs(this.openingError);
    this.openingError = undefined;
    if (pauseMs > 0 && !this.isClosed)
      await new Promise<void>((resolve) => setTimeout(resolve, pauseMs).unref());
  }

  private opened(): void {
    // Closed while the SDK was opening it: the SDK takes the link back as soon as it wants to give it credit.
    if (this.isClosed) return;
    this.isOpened = true;
    // [AMQP 2.6.3] A refused link is attached, and detached in the next frame: the SDK may see the error first.
    this.lastError = this.openingError;
    this.fastLink = FastLink.open(this.receiver, this);
    this.owner.linkOpened();
  }

  private failed({ error }: ProcessErrorArgs): Promise<void> {
    // Stopping interrupts the SDK's attempts to open the link.
    if (error.name === 'AbortError') return Promise.resolve();
    // An open link's error is why it is about to be lost.
    if (this.isOpened) this.lastError = error;
    else {
      this.openingError = error;
      if (!this.isClosed) this.owner.linkFailed(error);
    }
    return Promise.resolve();
  }
}

/**
 * The SDK closes a link whose credit does not come back in time, and nobody hears how that ends: a link that is lost
 * meanwhile, with the lock of its session for instance, would end the process with an unhandled rejection.
 */
function letCloseFail(receiver: ServiceBusReceiver): void {
  const link = sdkReceiverLinkOf(receiver);
  const close = link?.close?.bind(link);
  if (link && close) link.close = (...options) => close(...options).catch(() => undefined);
}
