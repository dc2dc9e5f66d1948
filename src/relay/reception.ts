import { HeldMessages, serviceBusErrorCode, type Subscription, within } from 'nestjs-service-bus';
import { BROKER_TIMEOUT_MS, BrokerTimeoutError } from './broker-timeout.js';
import { type QueueReader, type QueueSettler } from './queue-client.js';
import { type ReceivedMessage, sizeOf } from './received-message.js';

/** The conditions that end a reception. */
export interface ReceptionLimits {
  /** No message arrived for this time. */
  readonly idleTimeoutMs: number;
  /** This many messages arrived; no more are received. */
  readonly maxMessages: number;
  /** At least this many messages arrived; with 0 only the other two apply. */
  readonly minMessages: number;
}

/** How much a reception may hold. */
export interface Room {
  /** For so many more bytes. */
  readonly freeBytes: number;
  /** Whether another message of so many bytes fits; if not, the reception ends. */
  admit(bytes: number): boolean;
}

const CLOSE_TIMEOUT_MS = 2_000;
/** So many messages are asked for at once, in rounds: how large they are shows when they have come. */
const ROUND = 100;
/**
 * What is there now comes within this time, and between two rounds nothing comes for as long as the broker needs to
 * answer. A reception that ended earlier would leave it to the SDK to wait for what is on its way: that gives it 200 ms
 * and closes the link, and messages stay locked for nobody.
 */
const ANSWER_MS = 250;
/** The SDK's 200 ms are enough for as much as this to come, however far the broker is. */
const QUICK_BYTES = 1024 * 1024;
/** Errors that waiting does not mend; after any other the SDK retries. */
const FINAL = new Set(['MessagingEntityNotFound', 'MessagingEntityDisabled', 'UnauthorizedAccess']);

/**
 * Receives messages for one reader, under locks, until a limit is reached; then its owner completes or abandons
 * them. Surplus messages are abandoned at once, so that no lock is held for nobody.
 */
export class Reception {
  private readonly held: HeldMessages;
  private isOver = false;
  private reachLimit!: () => void;
  private fail!: (error: Error) => void;
  private release!: () => void;
  private readonly limitReached = new Promise<void>((resolve, reject) => {
    this.reachLimit = resolve;
    this.fail = reject;
  });
  private readonly released = new Promise<void>((resolve) => (this.release = resolve));
  private subscription?: Subscription;
  private isOpened = false;
  private isLinkLost = false;
  private heldBytes = 0;
  private asked: number;
  private arrived = 0;
  private arrivedBytes = 0;
  private readonly waiting: (() => void)[] = [];
  private opening?: NodeJS.Timeout;
  private idle?: NodeJS.Timeout;
  private silence?: NodeJS.Timeout;
  private endWait?: () => void;
  private lastError?: Error;

  constructor(
    /** Receives the messages, on its own link. */
    private readonly reader: QueueReader,
    /** Settles and renews them, even after their link is lost. */
    private readonly settler: QueueSettler,
    private readonly limits: ReceptionLimits,
    private readonly room: Room = { freeBytes: Infinity, admit: () => true },
  ) {
    this.asked = Math.min(limits.maxMessages, ROUND);
    // The limits alone say how long a client waits. A message whose lock is lost is held no longer.
    this.held = new HeldMessages(settler, { maxRenewalMs: Infinity });
  }

  /**
   * Returns the messages that arrived before a limit was reached, the signal fired, or their link was lost.
   * @throws the broker's error, or a BrokerTimeoutError, if the link does not open within 5 s
   */
  async collect(signal: AbortSignal): Promise<readonly ReceivedMessage[]> {
    if (signal.aborted) return [];
    signal.addEventListener('abort', this.reachLimit, { once: true });
    this.opening = setTimeout(() => this.giveUp(), BROKER_TIMEOUT_MS);
    this.subscription = this.subscribe();
    try {
      await this.limitReached;
      await this.waitForLargeMessages();
      // The SDK drains the credit; messages in flight still arrive, and count.
      await this.stop();
      // A lost link never answers. Once its receiver is closed, the SDK settles through $management instead.
      if (this.isLinkLost) await within(CLOSE_TIMEOUT_MS, this.reader.close());
      return [...this.held];
    } catch (error) {
      // Not awaited: the link did not open.
      void this.stop();
      throw error;
    } finally {
      signal.removeEventListener('abort', this.reachLimit);
      clearTimeout(this.opening);
      clearTimeout(this.idle);
      this.isOver = true;
      this.release();
    }
  }

  /** Completes all messages; returns how many the broker refused to complete. */
  async complete(): Promise<number> {
    return this.settle((message) => this.held.complete(message));
  }

  /** Abandons the remaining messages, and closes both receivers. */
  async close(): Promise<void> {
    await this.settle((message) => this.held.abandon(message));
    await Promise.all(
      [this.reader, this.settler].map((receiver) => within(CLOSE_TIMEOUT_MS, receiver.close())),
    );
  }

  private subscribe(): Subscription {
    const handlers = {
      linkOpening: () => this.linkOpening(),
      linkOpened: () => this.opened(),
      processMessage: (message: ReceivedMessage) => this.take(message),
      processError: ({ error }: { readonly error: Error }) => this.failed(error),
    };
    return this.reader.subscribe(handlers, {
      autoCompleteMessages: false,
      maxConcurrentCalls: this.asked,
    });
  }

  private async stop(): Promise<void> {
    if (this.subscription) await within(CLOSE_TIMEOUT_MS, this.subscription.close());
  }

  private linkOpening(): void {
    // The SDK is about to reopen the link, and would apply settlements of the old link's messages to the new link's:
    // if there are messages, the reception ends here.
    if (this.isOpened && this.held.size > 0) {
      this.isLinkLost = true;
      this.endWait?.();
      void this.stop();
      this.reachLimit();
    }
  }

  private opened(): void {
    this.isOpened = true;
    clearTimeout(this.opening);
    const waitMs = Math.max(this.limits.idleTimeoutMs, ANSWER_MS);
    this.idle ??= setTimeout(this.reachLimit, waitMs);
  }

  private async take(message: ReceivedMessage): Promise<void> {
    const { maxMessages, minMessages } = this.limits;
    const bytes = sizeOf(message);
    this.arrived += 1;
    this.arrivedBytes += bytes;
    this.silence?.refresh();
    if (this.arrived >= this.asked) this.endWait?.();
    // A reopened link has credit of its own: more messages may arrive than were asked for.
    if (this.isOver || this.held.size >= maxMessages) {
      await this.held.abandon(message).catch(ignoreLostLock);
    } else if (!this.room.admit(bytes)) {
      this.isOver = true;
      if (this.held.size === 0) this.fail(new NoRoomError());
      this.reachLimit();
      await this.held.abandon(message).catch(ignoreLostLock);
    } else {
      this.held.hold(message);
      this.heldBytes += bytes;
      this.idle?.refresh();
      if (this.held.size >= (minMessages || maxMessages)) this.reachLimit();
    }
    await this.turnToAsk();
  }

  /** Returning to the SDK asks it for another message: not before all that were asked for have come. */
  private turnToAsk(): Promise<void> {
    if (this.isOver) return this.released;
    const turn = new Promise<void>((resolve) => this.waiting.push(resolve));
    if (this.arrived >= this.asked) this.askForMore();
    return Promise.race([turn, this.released]);
  }

  private askForMore(): void {
    const fitting = Math.floor((this.room.freeBytes * this.held.size) / Math.max(this.heldBytes, 1));
    if (fitting < 1) return this.reachLimit();
    const turns = this.waiting.splice(0, Math.min(ROUND, this.limits.maxMessages - this.asked, fitting));
    this.asked += turns.length;
    for (const ask of turns) ask();
  }

  /**
   * Waits for messages that were asked for and take long to come. The SDK would wait 200 ms for them and close the
   * link, and they would stay locked for nobody.
   */
  private async waitForLargeMessages(): Promise<void> {
    const expectedBytes = ((this.asked - this.arrived) * this.arrivedBytes) / Math.max(this.arrived, 1);
    if (this.isLinkLost || expectedBytes <= QUICK_BYTES) return;
    const ended = new Promise<void>((resolve) => {
      this.endWait = resolve;
      this.silence = setTimeout(resolve, ANSWER_MS);
    });
    await within(BROKER_TIMEOUT_MS, ended);
    clearTimeout(this.silence);
  }

  private failed(error: Error): Promise<void> {
    this.lastError = error;
    if (this.held.size === 0 && FINAL.has(serviceBusErrorCode(error) ?? '')) this.fail(error);
    return Promise.resolve();
  }

  private giveUp(): void {
    this.fail(this.lastError ?? new BrokerTimeoutError(BROKER_TIMEOUT_MS));
  }

  private async settle(how: (message: ReceivedMessage) => Promise<unknown>): Promise<number> {
    const results = await Promise.allSettled([...this.held].map(how));
    this.held.releaseAll();
    return results.filter(({ status }) => status === 'rejected').length;
  }
}

/** There is no room for one message, as others wait for theirs to be taken. */
export class NoRoomError extends Error {
  override readonly name = 'NoRoomError';

  constructor() {
    super('there is no room for a message');
  }
}

/** A message that cannot be abandoned is delivered again when its lock expires. */
function ignoreLostLock(): void {}
