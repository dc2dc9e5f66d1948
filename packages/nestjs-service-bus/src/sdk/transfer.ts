import { type OperationOptionsBase, type ServiceBusSender } from '@azure/service-bus';

type Sendable = Parameters<ServiceBusSender['sendMessages']>[0];

const LOOK_EVERY_MS = 200;
const MAX_TRIES = 5;

/**
 * Sends, and sends again when the link that the transfer went out on is gone before the broker has answered. The
 * SDK waits for that answer for a minute, although it cannot come any more.
 */
export async function transfer(
  sender: ServiceBusSender,
  messages: Sendable,
  options?: OperationOptionsBase,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    const watch = new LinkWatch(sender, options?.abortSignal);
    try {
      return await sender.sendMessages(messages, { ...options, abortSignal: watch.signal });
    } catch (error) {
      if (!watch.isLinkLost || tries >= MAX_TRIES) throw error;
    } finally {
      watch.end();
    }
  }
}

/** Aborts its signal when the caller does, or when the sender's link is another one than it was. */
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
    // Without a link at first, the SDK opens one for this transfer.
    this.link ??= link;
    if (link === this.link) return;
    this.isLinkLost = true;
    this.abort();
  }
}

/** The SDK tells nobody that a sender's link is lost. Where it keeps the link moves, its own timeout remains. */
function linkOf(sender: ServiceBusSender): unknown {
  const { _sender: inner } = sender as { _sender?: { link?: unknown } };
  return inner?.link;
}
