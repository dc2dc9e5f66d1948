import { HeldMessages, serviceBusErrorCode, type Subscription, within } from 'nestjs-service-bus';
import { BROKER_TIMEOUT_MS, BrokerTimeoutError } from './broker-timeout.js';
import { type QueueReader, type QueueSettler } from './queue-client.js';
import { type ReceivedMessage } from './received-message.js';

/** When a reception ends. */
export interface ReceptionLimits {
  /** No message came for so long. */
  readonly idleTimeoutMs: number;
  /** So many have come; more are not taken. */
  readonly maxMessages: number;
  /** At least so many have come; with 0 only the other two count. */
  readonly minMessages: number;
}

const CLOSE_TIMEOUT_MS = 2_000;
/** These do not go away while somebody waits; after any other error the SDK tries again. */
const FINAL = new Set(['MessagingEntityNotFound', 'MessagingEntityDisabled', 'UnauthorizedAccess']);

/**
 * Takes messages off a queue for one reader, under locks, until a limit is reached; then the owner has them
 * completed or given back. What comes beside that is given back at once: nothing stays locked for nobody.
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
  private opening?: NodeJS.Timeout;
  private idle?: NodeJS.Timeout;
  private lastError?: Error;

  constructor(
    /** Brings the messages, over a link of its own. */
    private readonly reader: QueueReader,
    /** Settles and renews them, whether their link still exists or not. */
    private readonly settler: QueueSettler,
    private readonly limits: ReceptionLimits,
  ) {
    // The limits alone say how long a client waits. A message whose lock is lost is held no longer.
    this.held = new HeldMessages(settler, { maxRenewalMs: Infinity });
  }

  /**
   * The messages that came before a limit was reached, the signal fired, or the link they came on was lost.
   * @throws the broker's error, or a BrokerTimeoutError, if the way to the queue does not open within 5 s
   */
  async collect(signal: AbortSignal): Promise<readonly ReceivedMessage[]> {
    if (signal.aborted) return [];
    signal.addEventListener('abort', this.reachLimit, { once: true });
    this.opening = setTimeout(() => this.giveUp(), BROKER_TIMEOUT_MS);
    this.subscription = this.subscribe();
    try {
      await this.limitReached;
      // The SDK takes back the credit; what was on its way still arrives meanwhile, and counts.
      await this.stop();
      // On a lost link no answer comes. With its receiver closed, the SDK settles by $management instead.
      if (this.isLinkLost) await within(CLOSE_TIMEOUT_MS, this.reader.close());
      return [...this.held];
    } catch (error) {
      // Nobody has to wait for a way that did not open.
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

  /** Takes all messages off the queue for good; returns how many of them the broker did not let go. */
  async complete(): Promise<number> {
    return this.settle((message) => this.held.complete(message));
  }

  /** Gives back what is still held, and closes the way to the queue. */
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
      maxConcurrentCalls: this.limits.maxMessages,
    });
  }

  private async stop(): Promise<void> {
    if (this.subscription) await within(CLOSE_TIMEOUT_MS, this.subscription.close());
  }

  private linkOpening(): void {
    // The SDK is about to open a link anew. It would take settlements of the lost one's messages for those of the
    // new one's: with messages in hand, the reception ends here.
    if (this.isOpened && this.held.size > 0) {
      this.isLinkLost = true;
      void this.stop();
      this.reachLimit();
    }
  }

  private opened(): void {
    this.isOpened = true;
    clearTimeout(this.opening);
    this.idle ??= setTimeout(this.reachLimit, this.limits.idleTimeoutMs);
  }

  private async take(message: ReceivedMessage): Promise<void> {
    const { maxMessages, minMessages } = this.limits;
    // A link that was opened anew brings credit of its own: more may come than was asked for.
    if (this.isOver || this.held.size >= maxMessages) {
      await this.held.abandon(message).catch(ignoreLostLock);
    } else {
      this.held.hold(message);
      this.idle?.refresh();
      if (this.held.size >= (minMessages || maxMessages)) this.reachLimit();
    }
    // To return is to ask for another one.
    await this.released;
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

/** A message that cannot be given back comes back by itself when its lock ends. */
function ignoreLostLock(): void {}
