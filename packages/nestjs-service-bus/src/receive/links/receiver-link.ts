import { type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';

import { ReceivingLink, type ReceivingLinkOwner } from '../../sdk/index.js';
import { type Clock } from '../../time/clock.js';
import { type Delivery, type DeliveryLink } from '../../delivery/delivery.js';
import { DeliveryWindow, SESSION_PLACES } from './delivery-window.js';
import { type Opening, OpeningLine } from './opening-line.js';

const REFUSAL_MS = 1_000;

/** What a link tells its owner; what is optional is of no use to one whose link is open from the beginning. */
export interface LinkOwner {
  /** Takes a message. */
  receive(message: ServiceBusReceivedMessage, link: ReceiverLink): void;
  linkOpened?(link: ReceiverLink): void;
  /** The link could not be opened; the SDK goes on trying. */
  linkFailed(link: ReceiverLink, error: Error): void;
  /** The link was open and is gone; it will not come back. */
  linkLost(link: ReceiverLink): void;
  /** The link was closed: what it still holds is settled through $management. */
  linkClosed?(link: ReceiverLink): void;
  /** The link has one delivery less to hold. */
  linkReleased?(link: ReceiverLink): void;
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

  private opening?: Opening | undefined;
  private openedAtMs = -Infinity;
  private readonly window = new DeliveryWindow();
  private readonly link: ReceivingLink;

  constructor(
    receiver: ServiceBusReceiver,
    credit: number,
    private readonly owner: LinkOwner,
    private readonly clock: Clock,
    /** The same without the fast lane, where it can never be more than at first. */
    onlyCredit = credit,
    private readonly line = new OpeningLine(),
  ) {
    this.link = new ReceivingLink(receiver, credit, this, onlyCredit);
  }

  /** What the broker said when it took the link away. */
  get lastError(): Error | undefined {
    return this.link.lastError;
  }

  /** Places that the deliveries since the oldest unsettled one take. */
  get span(): number {
    return this.window.span;
  }

  /**
   * On our clock: since when it is being opened, and neither it nor a link that may stand before it has moved; undefined
   * once it was open.
   */
  get openingSinceMs(): number | undefined {
    return this.opening?.sinceMs;
  }

  open(): void {
    this.beginOpening();
    this.link.open();
  }

  get hasOpened(): boolean {
    return this.openedAtMs !== -Infinity;
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
    if (delivery.hasLeftLink) this.window.settle(delivery.place);
    this.owner.linkReleased?.(this);
  }

  /** Messages that the broker may still send on this link. */
  get outstanding(): number {
    return this.link.outstanding;
  }

  /** The most messages that it can ever be allowed at once. */
  get maxCredit(): number {
    return this.link.maxCredit;
  }

  /**
   * Lets the broker send up to `wanted` messages, as far as the window has room for all that may still come. Few at a
   * time gain nothing: less than a `portion` is granted only when nothing else is on its way.
   */
  topUp(wanted: number, portion = 1): void {
    const { outstanding } = this.link;
    const more = Math.min(wanted, SESSION_PLACES - 1 - this.window.span) - outstanding;
    if (more <= 0 || this.isRetired || (more < portion && outstanding > 0)) return;
    this.link.grant(more);
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

  close(): Promise<void> {
    return this.closed(() => this.link.close());
  }

  /** The same, and waits for the end of its opening, for a few seconds: until then the SDK opens no other link. */
  closeToItsEnd(): Promise<void> {
    return this.closed(() => this.link.closeToItsEnd());
  }

  messageReceived(message: ServiceBusReceivedMessage): void {
    this.owner.receive(message, this);
  }

  messageFailed(error: Error): void {
    this.owner.linkFailed(this, error);
  }

  linkOpened(): void {
    this.isOpen = true;
    this.openedAtMs = this.clock.now();
    if (this.opening) this.line.opened(this.opening, this.openedAtMs);
    this.opening = undefined;
    this.owner.linkOpened?.(this);
  }

  linkLost(): void {
    // Before anything else, so that the SDK gives up the attempt that it is about to begin.
    void this.close();
    this.owner.linkLost(this);
  }

  linkFailed(error: Error): void {
    this.beginOpening();
    this.owner.linkFailed(this, error);
  }

  private async closed(close: () => Promise<void>): Promise<void> {
    this.isRetired = true;
    this.isOpen = false;
    this.endOpening();
    await close();
    this.owner.linkClosed?.(this);
  }

  /** Again after each refusal, which is an answer. */
  private beginOpening(): void {
    this.endOpening();
    this.opening = this.line.begin(this.clock.now());
  }

  private endOpening(): void {
    if (this.opening) this.line.left(this.opening);
    this.opening = undefined;
  }
}
