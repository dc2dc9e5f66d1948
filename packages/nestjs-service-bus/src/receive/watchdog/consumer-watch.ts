import { type Binding } from '../../binding/binding.js';
import { nameBinding } from '../../binding/describe-binding.js';
import { type BindingRuntime } from '../../message/binding-runtime.js';
import { type Capacity } from '../concurrency/capacity.js';
import { type ConsumerHealth } from '../health/consumer-health.js';
import { type Delivery } from '../../delivery/delivery.js';
import { type LinkChain } from '../links/link-chain.js';
import { type ConsumerObserver } from '../health/receiving-state.js';
import { ReceiverSilentError } from './receiver-silent.error.js';
import { type ReceiverSupply } from '../links/receiver-supply.js';
import { findWaitingMessages, sequenceNumberOf } from './find-waiting-messages.js';
import { type WaitingRoom } from '../../message/waiting-room.js';
import { Watchdog, type WatchedReceiver } from './watchdog.js';

/** A link that is served answers within a round trip, also in a busy minute of the broker's. */
const ANSWER_TIMEOUT_MS = 5_000;

/** The parts of a consumer that its watchdog observes and acts on. */
export interface WatchedParts {
  readonly links: LinkChain;
  readonly supply: ReceiverSupply;
  readonly capacity: Capacity;
  readonly waitingRoom: WaitingRoom;
  readonly inWork: ReadonlySet<Delivery>;
}

/** Connects a consumer to its watchdog, and keeps what the watchdog has found. */
export class ConsumerWatch implements WatchedReceiver {
  /** Incremented by the consumer for each message that arrives. */
  arrivals = 0;
  /** No broker's silence proves anything until it has answered once: it may not know the question. */
  isBrokerKnownToAnswer = false;
  private readonly binding: Binding;
  private readonly watchdog: Watchdog;
  private cause?: string;

  /** `restarted` is called after all links were discarded. */
  constructor(
    private readonly parts: WatchedParts,
    private readonly runtime: Pick<BindingRuntime, 'binding' | 'clock' | 'brokerClock' | 'logger'>,
    private readonly observer: ConsumerObserver,
    private readonly restarted: () => void,
  ) {
    this.binding = runtime.binding;
    this.watchdog = new Watchdog(this.binding.watchdog, this, runtime.clock);
  }

  /** True while the broker has no credit, or the binding pauses by its own choice. */
  get expectsNoMessages(): boolean {
    const { capacity } = this.parts;
    // Messages that wait for a slot show that enough arrive.
    const hasEnough = capacity.slots.waiting > 0 || capacity.wanted === 0;
    return capacity.isPaused || hasEnough;
  }

  get openingSinceMs(): number | undefined {
    return this.parts.links.openingSinceMs;
  }

  peek(): Promise<ReadonlySet<string>> {
    const { supply, inWork } = this.parts;
    const held = new Set(Array.from(inWork, ({ message }) => sequenceNumberOf(message)));
    return findWaitingMessages(supply.settler, held, this.runtime.brokerClock.now());
  }

  async isServed(): Promise<boolean | undefined> {
    const timeoutMs = Math.min(this.binding.watchdog.silenceMs, ANSWER_TIMEOUT_MS);
    const isServed = await this.parts.links.isServed(timeoutMs);
    if (isServed) this.isBrokerKnownToAnswer = true;
    return isServed === false && !this.isBrokerKnownToAnswer ? undefined : isServed;
  }

  recycle(): void {
    this.parts.links.recycle();
  }

  replaceClient(): void {
    this.parts.supply.replaceClient();
    this.parts.links.restart();
    this.restarted();
  }

  changed(cause: string | undefined): void {
    const name = nameBinding(this.binding);
    this.cause = cause;
    if (cause === undefined) {
      this.runtime.logger.log(`${name}: receives again`);
      return this.observer.receiving();
    }
    this.runtime.logger.warn(`${name}: ${cause}; goes on with a fresh receiver`);
    if (this.isDown) this.observer.failing(new ReceiverSilentError(this.binding.entityPath, cause));
    else this.observer.receiving();
  }

  /** True while the receiver is silent and neither a new link nor a new client has helped. */
  get isDown(): boolean {
    return this.watchdog.state === 'down';
  }

  /** What the watchdog found wrong with a receiver that seems to receive; undefined if nothing. */
  health(): Pick<ConsumerHealth, 'state' | 'error'> | undefined {
    const { state } = this.watchdog;
    if (state === 'healthy' || this.cause === undefined) return undefined;
    const error = { code: 'ReceiverSilent', message: this.cause };
    return { state: state === 'down' ? 'failing' : 'degraded', error };
  }

  close(): void {
    this.watchdog.close();
  }
}
