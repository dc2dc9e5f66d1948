import {
  type OperationOptionsBase,
  type ServiceBusMessageBatch,
  type ServiceBusSender,
} from '@azure/service-bus';

import { isInstrumented } from '../connection/quiet-tracing.js';
import { EncodedBatch } from '../fast-lane/encoded-batch.js';
import { mayUseFastLane } from '../fast-lane/fast-lane.js';
import { type Retrying } from '../retrying.js';

type Sendable = Parameters<ServiceBusSender['sendMessages']>[0];

const LOOK_EVERY_MS = 200;
const MAX_TRIES = 5;
/**
 * [Service Bus] A batch may have 1 MB at most, 256 KB in the Standard tier, also where the link takes larger messages.
 * A larger batch would gain nothing.
 */
const MAX_BATCH_BYTES = 256 * 1_024;

/** A link that messages leave on, over one of the SDK's senders; several transfers may be on their way at once. */
export class SendingLink {
  private readonly usesFastLane: boolean;
  private readonly transfers = new Set<Transfer>();
  private timer?: NodeJS.Timeout;

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
    const batch = await this.run(() => this.sender.createMessageBatch());
    const isKnown = typeof (batch as { _generateMessage?: unknown })._generateMessage === 'function';
    if (this.usesFastLane && !isInstrumented() && isKnown) {
      return new EncodedBatch(Math.min(batch.maxSizeInBytes, MAX_BATCH_BYTES));
    }
    if (!(batch.maxSizeInBytes > MAX_BATCH_BYTES)) return batch;
    return this.sender.createMessageBatch({ maxSizeInBytes: MAX_BATCH_BYTES });
  }

  /**
   * Sends, and resolves once the broker has accepted. Sends again when the link that the transfer went out on is gone
   * before the broker has answered: the SDK waits a minute for that answer, which cannot come any more.
   */
  transfer(messages: Sendable, options?: OperationOptionsBase): Promise<void> {
    return this.run(() => this.tryTransfer(messages, options), options?.abortSignal);
  }

  private run<Result>(
    work: () => Promise<Result>,
    signal?: OperationOptionsBase['abortSignal'],
  ): Promise<Result> {
    return this.retrying ? this.retrying.run(work, signal) : work();
  }

  private async tryTransfer(messages: Sendable, options?: OperationOptionsBase): Promise<void> {
    for (let tries = 1; ; tries++) {
      const transfer = this.begin(options?.abortSignal);
      try {
        return await this.sender.sendMessages(messages, { ...options, abortSignal: transfer.signal });
      } catch (error) {
        if (!transfer.isLinkLost || tries >= MAX_TRIES) throw error;
      } finally {
        this.end(transfer);
      }
    }
  }

  private begin(callersSignal: OperationOptionsBase['abortSignal']): Transfer {
    const transfer = new Transfer(linkOf(this.sender), callersSignal);
    this.transfers.add(transfer);
    this.timer ??= setInterval(() => this.look(), LOOK_EVERY_MS);
    return transfer;
  }

  private end(transfer: Transfer): void {
    transfer.end();
    this.transfers.delete(transfer);
    if (this.transfers.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** In the order in which they went out: so they go out again. */
  private look(): void {
    const link = linkOf(this.sender);
    for (const transfer of this.transfers) transfer.look(link);
  }
}

/** Aborts its signal when the caller aborts, or when the sender gets another link. */
class Transfer {
  isLinkLost = false;
  private readonly controller = new AbortController();

  constructor(
    private link: unknown,
    private readonly callersSignal: OperationOptionsBase['abortSignal'],
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

  look(link: unknown): void {
    // A sender without a link opens one for this transfer.
    this.link ??= link;
    if (link === this.link) return;
    this.isLinkLost = true;
    this.abort();
  }

  private readonly abort = (): void => this.controller.abort();
}

/** The SDK announces to nobody that a sender's link is lost. Where it keeps the link elsewhere, its own timeout remains. */
function linkOf(sender: ServiceBusSender): unknown {
  const { _sender: inner } = sender as { _sender?: { link?: unknown } };
  return inner?.link;
}
