import { ServiceBusError } from '@azure/service-bus';

import { ConnectionWriter } from '../fast-lane/connection-writer.js';
import { type RheaSender, type SendAnswer, type SentMessage } from '../fast-lane/rhea-sender.js';
import { refusalError } from './refusal-error.js';

interface Pending {
  readonly sinceMs: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

const REFUSALS: readonly SendAnswer[] = ['rejected', 'released', 'modified'];

/** The link was lost before the broker answered: the answer will never come. */
export class LinkLostError extends Error {
  override readonly name = 'LinkLostError';

  constructor() {
    super('the link was lost before the broker answered a transfer');
  }
}

/**
 * The transfers under way on one link that the SDK has opened. The SDK makes spans, a retry loop, two timers and a dozen
 * promises for each; that is most of what a message costs that travels alone.
 */
export class LinkTransfers {
  private readonly pending = new Map<SentMessage, Pending>();

  constructor(private readonly link: RheaSender) {
    link.on('accepted', ({ delivery }) => this.take(delivery)?.resolve());
    for (const answer of REFUSALS) {
      link.on(answer, ({ delivery }) => {
        this.take(delivery)?.reject(refusalError(delivery?.remote_state?.error ?? { condition: answer }));
      });
    }
    // Frames of one turn are written together.
    ConnectionWriter.of(link.connection);
  }

  get size(): number {
    return this.pending.size;
  }

  /** Whether a message may leave in this turn. */
  get isReady(): boolean {
    return this.link.is_open() && this.link.sendable();
  }

  /** Sends a message's bytes, and resolves once the broker has accepted it; only while the link is ready. */
  send(bytes: Buffer, format: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const sent = this.link.send(bytes, undefined, format);
      this.pending.set(sent, { sinceMs: performance.now(), resolve, reject });
    });
  }

  /** The link is gone: whoever waits for an answer is to send again. */
  lose(): void {
    for (const [sent, { reject }] of [...this.pending]) {
      this.pending.delete(sent);
      reject(new LinkLostError());
    }
  }

  /** Gives up what has waited for so long. */
  expire(timeoutMs: number): void {
    const sinceMs = performance.now() - timeoutMs;
    for (const [sent, pending] of this.pending) {
      // The oldest comes first.
      if (pending.sinceMs > sinceMs) return;
      this.pending.delete(sent);
      pending.reject(new ServiceBusError('the broker has not answered the transfer', 'ServiceTimeout'));
    }
  }

  /** [AMQP 3.4] `modified` is told as `released` as well: the first one counts. */
  private take(sent: SentMessage | undefined): Pending | undefined {
    const pending = sent && this.pending.get(sent);
    if (pending) this.pending.delete(sent);
    return pending;
  }
}
