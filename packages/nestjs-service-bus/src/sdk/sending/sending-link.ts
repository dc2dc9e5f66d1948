import {
  type OperationOptionsBase,
  ServiceBusError,
  type ServiceBusMessageBatch,
  type ServiceBusSender,
} from '@azure/service-bus';
import { MessageFormat } from '@nestjs-service-bus/amqp-message';

import { isInstrumented } from '../connection/quiet-tracing.js';
import { encodeAlone } from '../fast-lane/encode-alone.js';
import { EncodedBatch } from '../fast-lane/encoded-batch.js';
import { mayUseFastLane } from '../fast-lane/fast-lane.js';
import { rheaSenderOf, type SdkSenderLink, sdkLinkOf } from '../fast-lane/rhea-sender.js';
import { type Retrying } from '../retrying.js';
import { contextOfLink, type SdkContext } from '../sdk-context.js';
import { forSdk, takingEncoded } from './encoded-message.js';
import { InterruptedSendError, type Sending } from './interrupted-send.error.js';
import { LinkLostError, LinkTransfers } from './link-transfers.js';

type Sendable = Parameters<ServiceBusSender['sendMessages']>[0];

const LOOK_EVERY_MS = 200;
const MAX_TRIES = 5;
/** As long as the SDK waits for an answer. */
const TIMEOUT_MS = 60_000;
/**
 * [Service Bus] A batch may have 1 MB at most, 256 KB in the Standard tier, also where the link takes larger messages.
 * A larger batch would gain nothing.
 */
const MAX_BATCH_BYTES = 256 * 1_024;

/**
 * A link that messages leave on, over one of the SDK's senders; several transfers may be on their way at once. The SDK
 * opens the link, and sends on it what the fast lane does not take.
 */
export class SendingLink {
  private readonly usesFastLane: boolean;
  /** Under way through the SDK. */
  private readonly transfers = new Set<Transfer>();
  /** Of those, the ones that are not on the link yet: what leaves after them must not overtake them. */
  private unsent = 0;
  /** On the fast lane of the link that is open now. */
  private fast?: { readonly link: SdkSenderLink; readonly transfers: LinkTransfers } | undefined;
  private timer?: NodeJS.Timeout | undefined;

  constructor(
    private readonly sender: ServiceBusSender,
    /** Undefined where each transfer is tried once. */
    private readonly retrying?: Retrying,
  ) {
    this.usesFastLane = mayUseFastLane(sender);
  }

  /**
   * Creates a batch of the size that the broker takes: one that writes each message once, or the SDK's own where the
   * fast lane is off, or where somebody traces the SDK, which makes a span for each message.
   */
  async createBatch(): Promise<ServiceBusMessageBatch> {
    const isFast = this.usesFastLane && !isInstrumented();
    const maxSize = isFast && this.fastLane ? this.fast?.link.maxMessageSize : undefined;
    if (typeof maxSize === 'number' && maxSize > 0) {
      return new EncodedBatch(Math.min(maxSize, MAX_BATCH_BYTES));
    }
    const batch = await this.run(() => this.sender.createMessageBatch());
    const isKnown = typeof (batch as { _generateMessage?: unknown })._generateMessage === 'function';
    if (isFast && isKnown) return new EncodedBatch(Math.min(batch.maxSizeInBytes, MAX_BATCH_BYTES));
    if (!(batch.maxSizeInBytes > MAX_BATCH_BYTES)) return takingEncoded(batch);
    return takingEncoded(await this.sender.createMessageBatch({ maxSizeInBytes: MAX_BATCH_BYTES }));
  }

  /**
   * Sends, and resolves once the broker has accepted. Sends again when the link that the transfer went out on is gone
   * before the broker has answered: the SDK waits a minute for that answer, which cannot come any more. What becomes
   * pointless while it waits for a link does not leave: rejects with an InterruptedSendError.
   */
  transfer(messages: Sendable, options?: OperationOptionsBase, sending?: Sending): Promise<void> {
    return this.run(() => this.tryTransfer(messages, options, sending), options?.abortSignal);
  }

  private run<Result>(
    work: () => Promise<Result>,
    signal?: OperationOptionsBase['abortSignal'],
  ): Promise<Result> {
    return this.retrying ? this.retrying.run(work, signal) : work();
  }

  private async tryTransfer(
    messages: Sendable,
    options?: OperationOptionsBase,
    sending?: Sending,
  ): Promise<void> {
    for (let tries = 1; ; tries++) {
      if (sending?.isInterrupted) throw new InterruptedSendError();
      try {
        return await (this.sendFast(messages, options) ?? this.sendThroughSdk(messages, options, sending));
      } catch (error) {
        if (!(error instanceof LinkLostError)) throw error;
        if (tries >= MAX_TRIES) throw new ServiceBusError(error.message, 'ServiceCommunicationProblem');
      }
    }
  }

  /** Returns undefined for what the SDK has to send. */
  private sendFast(messages: Sendable, options?: OperationOptionsBase): Promise<void> | undefined {
    const fastLane = options || isInstrumented() ? undefined : this.fastLane;
    if (!fastLane) return undefined;
    const isBatch = messages instanceof EncodedBatch;
    const bytes = isBatch ? messages._generateMessage() : encodeAlone(messages);
    if (!bytes) return undefined;
    const sent = fastLane.send(bytes, isBatch ? MessageFormat.batch : MessageFormat.plain);
    this.watch();
    return sent;
  }

  private get fastLane(): LinkTransfers | undefined {
    return this.unsent === 0 ? this.openLink : undefined;
  }

  /** Undefined while there is no link that takes a message in this turn. */
  private get openLink(): LinkTransfers | undefined {
    if (!this.usesFastLane || this.sender.isClosed) return undefined;
    const link = sdkLinkOf(this.sender);
    if (!link) return undefined;
    if (this.fast?.link !== link) {
      const rheaSender = rheaSenderOf(link);
      if (!rheaSender) return undefined;
      this.fast?.transfers.lose();
      this.fast = { link, transfers: new LinkTransfers(rheaSender) };
    }
    const { transfers } = this.fast;
    return transfers.isReady ? transfers : undefined;
  }

  private async sendThroughSdk(
    messages: Sendable,
    options?: OperationOptionsBase,
    sending?: Sending,
  ): Promise<void> {
    const sent = this.beginUnsent();
    const transfer = new Transfer(this.way, options?.abortSignal, sending);
    this.transfers.add(transfer);
    this.watch();
    try {
      return await this.sender.sendMessages(forSdk(messages), { ...options, abortSignal: transfer.signal });
    } catch (error) {
      if (transfer.isWithdrawn) throw new InterruptedSendError();
      throw transfer.isLinkLost ? new LinkLostError() : error;
    } finally {
      transfer.end();
      this.transfers.delete(transfer);
      sent();
    }
  }

  /** The SDK puts a message on a link that is ready within this turn, and waits for any other one. */
  private beginUnsent(): () => void {
    const isReady = this.openLink !== undefined;
    let isCounted = true;
    const sent = (): void => {
      if (isCounted) this.unsent--;
      isCounted = false;
    };
    this.unsent++;
    if (isReady) setImmediate(sent);
    return sent;
  }

  private get way(): Way {
    const context = contextOfLink(this.sender) as Partial<SdkContext> | undefined;
    return { link: sdkLinkOf(this.sender), connection: context?.connection };
  }

  /** Looks now and then after the link, as long as transfers are under way. */
  private watch(): void {
    this.timer ??= setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  /** In the order in which they went out: so they go out again. */
  private look(): void {
    const link = sdkLinkOf(this.sender);
    if (this.fast && this.fast.link !== link) {
      this.fast.transfers.lose();
      this.fast = undefined;
    } else this.fast?.transfers.expire(TIMEOUT_MS);
    for (const transfer of this.transfers) transfer.look(this.way);
    // Not with each transfer that ends: the next one would start the timer anew.
    if (this.transfers.size > 0 || (this.fast?.transfers.size ?? 0) > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}

/** The SDK's objects that a transfer leaves on; a lost one is replaced by another object. */
interface Way {
  readonly link: unknown;
  readonly connection: unknown;
}

/** Aborts its signal when the caller aborts, when the sender gets another link, or when it waits for one in vain. */
class Transfer {
  isLinkLost = false;
  /** It had become pointless before there was a link for it. */
  isWithdrawn = false;
  private readonly controller = new AbortController();

  constructor(
    private way: Way,
    private readonly callersSignal: OperationOptionsBase['abortSignal'],
    private readonly sending: Sending | undefined,
  ) {
    if (callersSignal?.aborted) this.abort();
    callersSignal?.addEventListener('abort', this.abort);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  end(): void {
    this.callersSignal?.removeEventListener('abort', this.abort);
  }

  look(way: Way): void {
    const { link, connection } = this.way;
    if (link === undefined && way.link === undefined && this.sending?.isInterrupted) {
      this.isWithdrawn = true;
      return this.abort();
    }
    // A sender without a link opens one for this transfer. On another connection that may be the second one already.
    if (link === undefined && connection === way.connection) this.way = way;
    else if (link !== way.link || link === undefined) {
      this.isLinkLost = true;
      this.abort();
    }
  }

  private readonly abort = (): void => this.controller.abort();
}
