import {
  type OperationOptionsBase,
  type ServiceBusMessageBatch,
  type ServiceBusSender,
} from '@azure/service-bus';

import { isInstrumented } from '../connection/quiet-tracing.js';
import { EncodedBatch } from '../fast-lane/encoded-batch.js';
import { mayUseFastLane } from '../fast-lane/fast-lane.js';

type Sendable = Parameters<ServiceBusSender['sendMessages']>[0];

const LOOK_EVERY_MS = 200;
const MAX_TRIES = 5;

/** A link that messages leave on, over one of the SDK's senders. */
export class SendingLink {
  private readonly usesFastLane: boolean;

  constructor(private readonly sender: ServiceBusSender) {
    this.usesFastLane = mayUseFastLane(sender);
  }

  /**
   * Creates a batch of the size that the broker takes: one that writes each message once, or the SDK's own where the
   * fast lane is off, or where somebody traces the SDK, which makes a span for each message.
   */
  async createBatch(): Promise<ServiceBusMessageBatch> {
    const batch = await this.sender.createMessageBatch();
    if (!this.usesFastLane || isInstrumented()) return batch;
    const isKnown = typeof (batch as { _generateMessage?: unknown })._generateMessage === 'function';
    return isKnown ? new EncodedBatch(batch.maxSizeInBytes) : batch;
  }

  /**
   * Sends, and resolves once the broker has accepted. Sends again when the link that the transfer went out on is gone
   * before the broker has answered: the SDK waits a minute for that answer, which cannot come any more.
   */
  async transfer(messages: Sendable, options?: OperationOptionsBase): Promise<void> {
    for (let tries = 1; ; tries++) {
      const watch = new LinkWatch(this.sender, options?.abortSignal);
      try {
        return await this.sender.sendMessages(messages, { ...options, abortSignal: watch.signal });
      } catch (error) {
        if (!watch.isLinkLost || tries >= MAX_TRIES) throw error;
      } finally {
        watch.end();
      }
    }
  }
}

/** Aborts its signal when the caller aborts, or when the sender gets another link. */
class LinkWatch {
  isLinkLost = false;
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private link: unknown;

  constructor(
    private readonly sender: ServiceBusSender,
    private readonly callersSignal: OperationOptionsBase['abortSignal'],
  ) {
    this.link = linkOf(sender);
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    if (callersSignal?.aborted) this.abort();
    callersSignal?.addEventListener('abort', this.abort);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  end(): void {
    clearInterval(this.timer);
    this.callersSignal?.removeEventListener('abort', this.abort);
  }

  private readonly abort = (): void => this.controller.abort();

  private look(): void {
    const link = linkOf(this.sender);
    // A sender without a link opens one for this transfer.
    this.link ??= link;
    if (link === this.link) return;
    this.isLinkLost = true;
    this.abort();
  }
}

/** The SDK announces to nobody that a sender's link is lost. Where it keeps the link elsewhere, its own timeout remains. */
function linkOf(sender: ServiceBusSender): unknown {
  const { _sender: inner } = sender as { _sender?: { link?: unknown } };
  return inner?.link;
}
