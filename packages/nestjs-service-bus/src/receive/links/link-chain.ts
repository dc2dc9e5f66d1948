import { type ReceiverLink } from './receiver-link.js';

/** A link whose oldest unsettled delivery is this many deliveries old gets a successor. */
const ROTATE_AT_SPAN = 1_500;
/** After a link that was refused the next one is opened later, and ever later. */
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;

/**
 * The links of one binding: the one that receives, the one that is to follow it, and earlier ones that hold
 * messages still. A message that takes long thus never stops the others (see DeliveryWindow).
 */
export class LinkChain {
  private readonly links = new Set<ReceiverLink>();
  private readonly lostLinks: ReceiverLink[] = [];
  private reopening?: NodeJS.Timeout;
  private delayMs = 0;
  private current?: ReceiverLink;
  private successor?: ReceiverLink;

  constructor(private readonly makeLink: () => ReceiverLink) {}

  get isReceiving(): boolean {
    return this.current?.isOpen ?? false;
  }

  /** Since when a link is being opened, and nothing was heard of it. */
  get openingSinceMs(): number | undefined {
    return this.successor?.openingSinceMs ?? this.current?.openingSinceMs;
  }

  start(): void {
    this.current = this.open();
  }

  /** Goes on with a fresh link; one that is open receives until the fresh one is. */
  recycle(): void {
    clearTimeout(this.reopening);
    if (this.successor) this.giveUp(this.successor);
    this.successor = undefined;
    if (this.current?.isOpen) return void (this.successor = this.open());
    if (this.current) this.giveUp(this.current);
    this.start();
  }

  /** Gives all links up, and begins anew. */
  restart(): void {
    clearTimeout(this.reopening);
    for (const link of [...this.links]) this.giveUp(link);
    this.lostLinks.length = 0;
    this.successor = undefined;
    this.start();
  }

  /** False for links that only settle what they hold. */
  isInUse(link: ReceiverLink): boolean {
    return link === this.current || link === this.successor;
  }

  /** A message has come on this link. The link goes on until its successor is open. */
  delivered(link: ReceiverLink): void {
    if (link === this.current && link.span >= ROTATE_AT_SPAN) this.successor ??= this.open();
  }

  /** Has a link with more credit follow one that has less than this, and one to spare. */
  atLeast(credit: number): void {
    const { current } = this;
    if (current?.isOpen && !current.isRetired && current.credit <= credit) this.successor ??= this.open();
  }

  opened(link: ReceiverLink): void {
    // The SDK closes a receiver only while its connection is up; until then it keeps it in its books.
    for (const lost of this.lostLinks.splice(0)) void lost.close();
    if (link === this.successor) this.succeed(link);
  }

  /** A lost link is replaced; messages that it brought are settled through $management. */
  lost(link: ReceiverLink): void {
    this.links.delete(link);
    this.lostLinks.push(link);
    if (link === this.successor) this.successor = undefined;
    if (link !== this.current) return;
    this.delayMs = link.wasRefused ? Math.min(Math.max(this.delayMs * 2, FIRST_DELAY_MS), MAX_DELAY_MS) : 0;
    if (this.successor) this.succeed(this.successor);
    else this.reopening = setTimeout(() => this.start(), this.delayMs);
  }

  /** A link has one delivery less to hold. */
  released(link: ReceiverLink): void {
    if (!link.isRetired || link.held > 0) return;
    this.links.delete(link);
    void link.close();
  }

  async stop(): Promise<void> {
    clearTimeout(this.reopening);
    await Promise.all([...this.links].map((link) => link.stop()));
  }

  async close(): Promise<void> {
    await Promise.all([...this.links].map((link) => link.close()));
    this.links.clear();
  }

  private succeed(successor: ReceiverLink): void {
    const predecessor = this.current;
    this.current = successor;
    this.successor = undefined;
    predecessor?.retire();
    if (predecessor) this.released(predecessor);
  }

  private giveUp(link: ReceiverLink): void {
    this.links.delete(link);
    void link.close();
  }

  private open(): ReceiverLink {
    const link = this.makeLink();
    this.links.add(link);
    link.open();
    return link;
  }
}
