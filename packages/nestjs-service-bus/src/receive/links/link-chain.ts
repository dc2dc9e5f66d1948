import { throttlePauseMs } from '../../sdk/index.js';
import { type ReceiverLink } from './receiver-link.js';

/** A link gets a successor once its deliveries span this many places (see DeliveryWindow). */
const ROTATE_AT_SPAN = 1_500;
/** Delay before the next link after a refusal; it doubles up to MAX_DELAY_MS. */
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;

/** A link that cannot have more credit than at first is replaced once so many times as much could be used. */
const WORTH_A_LINK = 1.5;
/** The smallest share of all room that credit is granted for. */
const PORTION = 1 / 8;

/** How much room a binding has for messages. */
export interface Room {
  /** For so many messages, here and on their way, when nothing is in work. */
  readonly size: number;
  /** So many may be on their way now. */
  readonly wanted: number;
}

/**
 * The links of one binding: the one that receives, its successor while that opens, and earlier ones that still hold
 * messages. Thus a message that takes long never blocks the others (see DeliveryWindow).
 */
export class LinkChain {
  private readonly links = new Set<ReceiverLink>();
  private readonly lostLinks: ReceiverLink[] = [];
  private reopening?: NodeJS.Timeout;
  private delayMs = 0;
  private current?: ReceiverLink | undefined;
  private successor?: ReceiverLink | undefined;
  private isPaused = false;
  /** What is under way with links that pauses have ended. */
  private readonly ending = new Set<Promise<void>>();

  constructor(
    private readonly makeLink: () => ReceiverLink,
    private readonly room: Room,
  ) {}

  get isReceiving(): boolean {
    return this.current?.isOpen ?? false;
  }

  /** Whether the broker serves the link that receives; undefined where that cannot be told. */
  async isServed(timeoutMs: number): Promise<boolean | undefined> {
    return this.successor ? undefined : this.current?.isServed(timeoutMs);
  }

  /** Since when a link has been opening without an answer from the broker. */
  get openingSinceMs(): number | undefined {
    return this.successor?.openingSinceMs ?? this.current?.openingSinceMs;
  }

  start(): void {
    if (!this.isPaused) this.current = this.open();
  }

  /**
   * Receives nothing more until `resume`, and resolves once the broker has its credit back. Links that hold messages
   * settle them, and are closed then.
   */
  async pause(): Promise<void> {
    clearTimeout(this.reopening);
    this.isPaused = true;
    this.current = this.successor = undefined;
    for (const link of this.links) link.retire();
    await Promise.all([...this.links].map((link) => this.track(this.closeIdle(link))));
  }

  /**
   * Opens another link, once those of the pause are out of its way: the SDK opens one after the other, to its end, and
   * whoever pauses and resumes often would wait for all of them.
   */
  async resume(): Promise<void> {
    this.isPaused = false;
    this.delayMs = 0;
    while (this.ending.size > 0) await Promise.all(this.ending);
    if (!this.current) this.start();
  }

  /** Replaces the link; one that is open keeps receiving until the new one is open. */
  recycle(): void {
    clearTimeout(this.reopening);
    if (this.successor) this.discard(this.successor);
    this.successor = undefined;
    if (this.current?.isOpen) return void (this.successor = this.open());
    if (this.current) this.discard(this.current);
    this.start();
  }

  /** Discards all links and starts over. */
  restart(): void {
    clearTimeout(this.reopening);
    for (const link of [...this.links]) this.discard(link);
    this.lostLinks.length = 0;
    this.successor = undefined;
    this.start();
  }

  /** False for links that only settle the messages they still hold. */
  isInUse(link: ReceiverLink): boolean {
    return link === this.current || link === this.successor;
  }

  /** A message has arrived on this link. The link keeps receiving until its successor is open. */
  delivered(link: ReceiverLink): void {
    if (link === this.current && link.span >= ROTATE_AT_SPAN) this.successor ??= this.open();
  }

  /** Lets the broker send what there is room for. */
  topUp(): void {
    const { current, room } = this;
    if (!current?.isOpen || current.isRetired) return;
    const { size } = room;
    current.topUp(room.wanted, Math.ceil(size * PORTION));
    if (size >= current.maxCredit * WORTH_A_LINK) this.successor ??= this.open();
  }

  opened(link: ReceiverLink): void {
    // The SDK closes a receiver only while its connection is up; until then it keeps track of it.
    for (const lost of this.lostLinks.splice(0)) void lost.close();
    if (link === this.successor) this.promote(link);
  }

  /** Replaces a lost link. The messages that it delivered are settled through $management. */
  lost(link: ReceiverLink): void {
    this.links.delete(link);
    this.lostLinks.push(link);
    if (link === this.successor) this.successor = undefined;
    if (link !== this.current) return;
    this.delayMs = link.wasRefused ? Math.min(Math.max(this.delayMs * 2, FIRST_DELAY_MS), MAX_DELAY_MS) : 0;
    if (this.successor) return this.promote(this.successor);
    const pauseMs = Math.max(this.delayMs, throttlePauseMs(link.lastError));
    this.reopening = setTimeout(() => this.start(), pauseMs);
  }

  /** Called when a link holds one delivery less; closes a retired link that holds none. */
  released(link: ReceiverLink): void {
    if (link.isRetired && link.held === 0) void this.closeIdle(link);
  }

  async stop(): Promise<void> {
    clearTimeout(this.reopening);
    this.isPaused = true;
    await Promise.all([...this.links].map((link) => link.stop()));
  }

  async close(): Promise<void> {
    await Promise.all([...this.links].map((link) => link.close()));
    this.links.clear();
  }

  private promote(successor: ReceiverLink): void {
    const predecessor = this.current;
    this.current = successor;
    this.successor = undefined;
    predecessor?.retire();
    if (predecessor) this.released(predecessor);
  }

  /** What the link was promised may be on its way: a message that still comes is settled on it before it is closed. */
  private async closeIdle(link: ReceiverLink): Promise<void> {
    await link.stop();
    if (link.held > 0 || !this.links.has(link)) return;
    if (link.hasOpened) return this.discard(link);
    this.links.delete(link);
    void this.track(link.closeToItsEnd());
  }

  private track(end: Promise<void>): Promise<void> {
    this.ending.add(end);
    return end.finally(() => this.ending.delete(end));
  }

  private discard(link: ReceiverLink): void {
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
