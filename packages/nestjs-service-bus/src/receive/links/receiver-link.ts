import { type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';

import { ReceivingLink, type ReceivingLinkOwner } from '../../sdk/index.js';
import { type Clock } from '../../time/clock.js';
import { type Delivery, type DeliveryLink } from '../../delivery/delivery.js';
import { DeliveryWindow, SESSION_PLACES } from './delivery-window.js';

const REFUSAL_MS = 1_000;

/** What a link tells its owner. */
export interface LinkOwner {
  /** Takes a message; resolves, once it is done with, with whether the broker may send another one for it. */
  receive(message: ServiceBusReceivedMessage, link: ReceiverLink): Promise<boolean>;
  linkOpened(link: ReceiverLink): void;
  /** The link could not be opened; the SDK goes on trying. */
  linkFailed(link: ReceiverLink, error: Error): void;
  /** The link was open and is gone; it will not come back. */
  linkLost(link: ReceiverLink): void;
  /** The link was closed: what it still holds is settled through $management. */
  linkClosed(link: ReceiverLink): void;
  /** The link has one delivery less to hold. */
  linkReleased(link: ReceiverLink): void;
}

/**
 * One link that a binding listens on: it decides over the link's credit, and its owner retires it before one unsettled
 * delivery silences it (see DeliveryWindow). A link that is lost stays lost.
 */
export class ReceiverLink implements DeliveryLink, ReceivingLinkOwner {
  isOpen = false;
  isRetired = false;
  /** Deliveries of this link whose fate is open. */
  held = 0;
  /** On our clock: since when it is being opened, and nothing was heard of it; undefined once it was open. */
  openingSinceMs?: number;

  private openedAtMs = -Infinity;
  private readonly window = new DeliveryWindow();
  private readonly link: ReceivingLink;

  constructor(
    receiver: ServiceBusReceiver,
    credit: number,
    private readonly owner: LinkOwner,
    private readonly clock: Clock,
  ) {
    this.link = new ReceivingLink(receiver, credit, this);
  }

  /** What the broker said when it took the link away. */
  get lastError(): Error | undefined {
    return this.link.lastError;
  }

  /** Places that the deliveries since the oldest unsettled one take. */
  get span(): number {
    return this.window.span;
  }

  open(): void {
    this.openingSinceMs = this.clock.now();
    this.link.open();
  }

  /** Open for a moment only: that is how the broker refuses a link. */
  get wasRefused(): boolean {
    return this.clock.now() - this.openedAtMs < REFUSAL_MS;
  }

  /** Takes a place in the link's window for a message that has come. */
  takePlace(): number {
    this.held++;
    return this.window.open();
  }

  /** The delivery's fate is known; only the broker's answer frees its place. */
  release(delivery: Delivery): void {
    this.held--;
    if (delivery.state === 'settled') this.window.settle(delivery.place);
    this.owner.linkReleased(this);
  }

  /** What the broker may send on this link at once. */
  get credit(): number {
    return this.link.credit;
  }

  /**
   * A message is done with: whether its credit goes back to the broker. It does as long as the window has room for
   * everything that may still come, and the link has no more credit than is wanted now.
   */
  returnsCredit(wanted: number): boolean {
    if (this.isRetired || this.window.span + this.link.credit >= SESSION_PLACES) return false;
    if (this.link.credit <= wanted) return true;
    this.link.credit--;
    return false;
  }

  /** Whether the broker still serves this link, by its own answer; undefined where it cannot be asked. */
  isServed(timeoutMs: number): Promise<boolean | undefined> {
    return this.link.isServed(timeoutMs);
  }

  /** No more credit from now on: the link still brings what it was promised, and settles what it holds. */
  retire(): void {
    this.isRetired = true;
    this.link.retire();
  }

  /** Takes the credit back from the broker; what was on its way still arrives. */
  stop(): Promise<void> {
    return this.link.stop();
  }

  async close(): Promise<void> {
    this.isRetired = true;
    this.isOpen = false;
    this.openingSinceMs = undefined;
    await this.link.close();
    this.owner.linkClosed(this);
  }

  messageReceived(message: ServiceBusReceivedMessage): Promise<boolean> {
    return this.owner.receive(message, this);
  }

  messageFailed(error: Error): boolean {
    this.owner.linkFailed(this, error);
    return this.returnsCredit(this.link.credit);
  }

  linkOpened(): void {
    this.isOpen = true;
    this.openingSinceMs = undefined;
    this.openedAtMs = this.clock.now();
    this.owner.linkOpened(this);
  }

  linkLost(): void {
    // Before anything else, so that the SDK gives up the attempt that it is about to begin.
    void this.close();
    this.owner.linkLost(this);
  }

  linkFailed(error: Error): void {
    this.openingSinceMs = this.clock.now();
    this.owner.linkFailed(this, error);
  }
}
