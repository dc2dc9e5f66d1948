import {
  type MessageHandlers,
  type ProcessErrorArgs,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from '@azure/service-bus';

import { inTurnOfItsOwn, TransferLane } from '../../sdk/index.js';
import { within } from '../../time/within.js';
import { type Clock } from '../../time/clock.js';
import { type Delivery } from '../../delivery/delivery.js';
import { DeliveryWindow, SESSION_PLACES } from './delivery-window.js';

const CLOSE_TIMEOUT_MS = 2_000;
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
}

// The SDK calls them around each of its attempts to open a link. They are no part of the typed interface.
type LinkHandlers = MessageHandlers & { preInitialize(): Promise<void>; postInitialize(): Promise<void> };

/**
 * One link that a binding listens on: the SDK opens it, the owner decides over credit, and retires it before one
 * unsettled delivery silences it (see DeliveryWindow).
 *
 * A link that is lost stays lost. The SDK would open a new one in its place, give it the old one's credit on top
 * of its own, and settle the old one's messages on the dead link (waiting a minute for answers, or taking those
 * to the new link's deliveries of the same number for them). With the SDK's receiver closed, messages of a lost
 * link are settled through $management.
 */
export class ReceiverLink {
  isOpen = false;
  isRetired = false;
  /** Deliveries of this link whose fate is open. */
  held = 0;
  /** What the broker said when it took the link away. */
  lastError?: Error;
  /** On our clock: since when it is being opened, and nothing was heard of it; undefined once it was open. */
  openingSinceMs?: number;

  private openedAtMs = -Infinity;
  private readonly window = new DeliveryWindow();
  private lane?: TransferLane;
  /** Credit that the broker is to get back. */
  private owedCredit = 0;
  private isStopped = false;
  private wasOpened = false;
  private isClosed = false;
  private subscription?: { close(): Promise<void> };

  constructor(
    private readonly receiver: ServiceBusReceiver,
    private promised: number,
    private readonly owner: LinkOwner,
    private readonly clock: Clock,
  ) {}

  /** Places that the deliveries since the oldest unsettled one take. */
  get span(): number {
    return this.window.span;
  }

  open(): void {
    this.openingSinceMs = this.clock.now();
    const handlers: LinkHandlers = {
      processMessage: (message) => this.takeFromSdk(message),
      processError: (args) => this.failed(args),
      preInitialize: () => this.opening(),
      postInitialize: () => this.opened(),
    };
    // A session's link is open by now; any other opens when the SDK gets to it.
    this.lane = TransferLane.open(this.receiver, this.takeFromLane);
    this.subscription = this.receiver.subscribe(handlers, {
      autoCompleteMessages: false,
      maxConcurrentCalls: this.promised,
    });
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
  }

  /** What the broker may send on this link at once. */
  get credit(): number {
    return this.promised;
  }

  /**
   * A message is done with: whether its credit goes back to the broker. It does as long as the window has room for
   * everything that may still come, and the link has no more credit than is wanted now.
   */
  returnsCredit(wanted: number): boolean {
    if (this.isRetired || this.window.span + this.promised >= SESSION_PLACES) return false;
    if (this.promised <= wanted) return true;
    this.promised--;
    return false;
  }

  /** No more credit from now on: the link still brings what it was promised, and settles what it holds. */
  retire(): void {
    this.isRetired = true;
  }

  /** Takes the credit back from the broker; what was on its way still arrives. */
  async stop(): Promise<void> {
    this.isStopped = true;
    if (this.subscription) await within(CLOSE_TIMEOUT_MS, this.subscription.close());
  }

  async close(): Promise<void> {
    this.isRetired = true;
    this.isOpen = false;
    this.isClosed = true;
    this.openingSinceMs = undefined;
    // Without it a receiver that is closed while the connection is down would come back with the connection.
    await this.stop();
    await within(CLOSE_TIMEOUT_MS, this.receiver.close());
    this.owner.linkClosed(this);
  }

  private async takeFromSdk(message: ServiceBusReceivedMessage): Promise<void> {
    // The SDK gives credit when this promise resolves: one that stays open keeps it.
    if (!(await this.owner.receive(message, this))) await new Promise<void>(() => undefined);
  }

  private readonly takeFromLane = (message: ServiceBusReceivedMessage): void => {
    this.owner.receive(message, this).then(this.messageDone, (error: Error) => {
      // Nobody has it in hand: its next delivery is for others to try.
      this.owner.linkFailed(this, error);
      inTurnOfItsOwn(() => this.receiver.abandonMessage(message)).catch(() => undefined);
      this.messageDone(this.returnsCredit(this.promised));
    });
  };

  private readonly messageDone = (givesCredit: boolean): void => {
    const { lane } = this;
    if (!lane || this.isStopped || this.isRetired) return;
    if (givesCredit) this.owedCredit++;
    // As long as the broker may send half of what it was promised, a flow frame for each message gains nothing. When
    // that is less than it was, it is time also if this message gives nothing: it may be the last one to come.
    if (this.owedCredit === 0 || lane.credit > this.promised / 2) return;
    lane.grant(this.owedCredit);
    this.owedCredit = 0;
  };

  private opening(): Promise<void> {
    if (this.wasOpened) {
      this.isOpen = false;
      this.isRetired = true;
      // Makes the SDK give up the attempt that it is about to begin.
      void this.close();
      this.owner.linkLost(this);
    }
    return Promise.resolve();
  }

  private opened(): Promise<void> {
    // Given up while the SDK was at it: it takes the link back as soon as it wants to give it credit.
    if (this.isClosed) return Promise.resolve();
    this.wasOpened = true;
    this.isOpen = true;
    this.openingSinceMs = undefined;
    this.openedAtMs = this.clock.now();
    this.lane = TransferLane.open(this.receiver, this.takeFromLane);
    this.owner.linkOpened(this);
    return Promise.resolve();
  }

  private failed(args: ProcessErrorArgs): Promise<void> {
    // Stopping interrupts the SDK's attempts to open the link.
    if (args.error.name === 'AbortError') return Promise.resolve();
    // An open link's error is why it is about to be lost.
    if (this.wasOpened) this.lastError = args.error;
    else if (!this.isClosed) {
      this.openingSinceMs = this.clock.now();
      this.owner.linkFailed(this, args.error);
    }
    return Promise.resolve();
  }
}
