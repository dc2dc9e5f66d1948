import { type OperationOptionsBase, type ServiceBusClient, type ServiceBusSender } from '@azure/service-bus';

import { closeClient, type Retrying, SendingLink } from '../sdk/index.js';
import { within } from '../time/within.js';
import { CoalescingSender } from './coalescing-sender.js';
import { type SendObserver, type SendObservers, type SendTracer } from './send-observer.js';

interface Entry {
  readonly sender: ServiceBusSender;
  readonly observer: SendObserver | undefined;
  readonly coalescing: CoalescingSender;
}

const CLOSE_TIMEOUT_MS = 5_000;
/** Bounded because `replyTo` comes from outside: a new destination evicts the least recently used one. */
const MAX_DESTINATIONS = 1_000;

/** One sender per queue or topic, shared by all callers, so that their sends travel together. */
export class SenderPool {
  private readonly entries = new Map<string, Entry>();
  isClosed = false;

  constructor(
    private readonly client: ServiceBusClient,
    private readonly observers?: SendObservers,
    /** Undefined where the owner decides when to try again. The client itself tries once. */
    private readonly retrying?: Retrying,
  ) {}

  get(entity: string): CoalescingSender {
    return this.entry(entity).coalescing;
  }

  /** The SDK's sender, for operations that do not coalesce. */
  sdkSender(entity: string): ServiceBusSender {
    return this.entry(entity).sender;
  }

  /** Tries an operation of the SDK's sender as often as sends. */
  run<Result>(work: () => Promise<Result>, options?: OperationOptionsBase): Promise<Result> {
    return this.retrying ? this.retrying.run(work, options?.abortSignal) : work();
  }

  /** The tracer for sends through the SDK's sender; undefined when traces are off. */
  tracer(entity: string): SendTracer | undefined {
    return this.entry(entity).observer?.tracer;
  }

  /** Waits for pending sends, then closes all senders; each step has a deadline. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all([...this.entries.values()].map((entry) => closeEntry(entry)));
    this.entries.clear();
  }

  /** Takes no more sends, and waits for pending ones; whoever closes the client closes the senders with it. */
  async finish(): Promise<void> {
    this.isClosed = true;
    const entries = [...this.entries.values()];
    this.entries.clear();
    await Promise.all(entries.map(({ coalescing }) => within(CLOSE_TIMEOUT_MS, coalescing.idle())));
  }

  /** Waits for pending sends, then closes the client, and with it all senders at once. */
  async closeWithClient(): Promise<void> {
    await this.finish();
    await closeClient(this.client);
  }

  private entry(entity: string): Entry {
    let entry = this.entries.get(entity);
    if (entry) {
      if (this.entries.size === 1) return entry;
      // Reinserted below: a Map keeps insertion order, so its first entry is the least recently used one.
      this.entries.delete(entity);
    } else {
      if (this.isClosed) throw new Error(`the service is closed: nothing can be sent to "${entity}"`);
      const sender = this.client.createSender(entity);
      const observer = this.observers?.forSender(entity);
      entry = {
        sender,
        observer,
        coalescing: new CoalescingSender(new SendingLink(sender, this.retrying), observer),
      };
    }
    this.entries.set(entity, entry);
    if (this.entries.size > MAX_DESTINATIONS) this.evict();
    return entry;
  }

  private evict(): void {
    const [oldest] = this.entries;
    if (!oldest) return;
    this.entries.delete(oldest[0]);
    void closeEntry(oldest[1]);
  }
}

async function closeEntry({ sender, coalescing }: Entry): Promise<void> {
  await within(CLOSE_TIMEOUT_MS, coalescing.idle());
  await within(CLOSE_TIMEOUT_MS, sender.close());
}
