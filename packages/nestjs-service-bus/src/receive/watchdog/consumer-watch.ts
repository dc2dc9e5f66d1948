import { type Binding } from '../../binding/binding.js';
import { type BindingRuntime } from '../../message/binding-runtime.js';
import { type Capacity } from '../concurrency/capacity.js';
import { type ConsumerHealth } from '../health/consumer-health.js';
import { type Delivery } from '../../delivery/delivery.js';
import { type LinkChain } from '../links/link-chain.js';
import { type ConsumerObserver } from '../health/receiving-state.js';
import { ReceiverSilentError } from './receiver-silent.error.js';
import { type ReceiverSupply } from '../links/receiver-supply.js';
import { findWaitingMessages, nameOf } from './waiting-messages.js';
import { type WaitingRoom } from '../../message/waiting-room.js';
import { Watchdog, type Watched } from './watchdog.js';

/** The parts of a consumer that its watchdog looks at, and acts on. */
export interface WatchedParts {
  readonly links: LinkChain;
  readonly supply: ReceiverSupply;
  readonly capacity: Capacity;
  readonly waitingRoom: WaitingRoom;
  readonly inWork: ReadonlySet<Delivery>;
}

/** A consumer as its watchdog sees it, and what the watchdog has found. */
export class ConsumerWatch implements Watched {
  /** To be counted up with each message that comes. */
  arrivals = 0;
  private readonly binding: Binding;
  private readonly watchdog: Watchdog;
  private cause?: string;

  /** `moved` is called when all links were given up. */
  constructor(
    private readonly parts: WatchedParts,
    private readonly runtime: Pick<BindingRuntime, 'binding' | 'clock' | 'logger'>,
    private readonly observer: ConsumerObserver,
    private readonly moved: () => void,
  ) {
    this.binding = runtime.binding;
    this.watchdog = new Watchdog(this.binding.watchdog, this, runtime.clock);
  }

  /** The broker has no credit left, or the binding takes up nothing by its own choice. */
  get isOccupied(): boolean {
    const { capacity, inWork, waitingRoom } = this.parts;
    // An adaptive limit moves away from the link's credit: who waits for a slot shows that there is enough.
    const hasEnough = capacity.slots.waiting > 0 || inWork.size - waitingRoom.size >= capacity.credit;
    return capacity.isPaused || hasEnough;
  }

  get openingSinceMs(): number | undefined {
    return this.parts.links.openingSinceMs;
  }

  peek(): Promise<ReadonlySet<string>> {
    const { supply, inWork } = this.parts;
    const held = new Set(Array.from(inWork, ({ message }) => nameOf(message)));
    return findWaitingMessages(supply.settler, held, this.runtime.clock.wallTime());
  }

  recycle(): void {
    this.parts.links.recycle();
  }

  replaceClient(): void {
    this.parts.supply.exchangeClient();
    this.parts.links.restart();
    this.moved();
  }

  changed(cause: string | undefined): void {
    const { pattern, entityPath } = this.binding;
    this.cause = cause;
    if (cause === undefined) {
      this.runtime.logger.log(`${pattern} (${entityPath}): receives again`);
      return this.observer.receiving();
    }
    this.runtime.logger.warn(`${pattern} (${entityPath}): ${cause}; goes on with a fresh receiver`);
    if (this.isDown) this.observer.failing(new ReceiverSilentError(entityPath, cause));
    else this.observer.receiving();
  }

  /** Nothing has helped a receiver that has fallen silent. */
  get isDown(): boolean {
    return this.watchdog.state === 'down';
  }

  /** What is wrong with a receiver that would be well by its own account; undefined if nothing is. */
  health(): Pick<ConsumerHealth, 'state' | 'error'> | undefined {
    const { state } = this.watchdog;
    if (state === 'well' || this.cause === undefined) return undefined;
    const error = { code: 'ReceiverSilent', message: this.cause };
    return { state: state === 'down' ? 'failing' : 'degraded', error };
  }

  close(): void {
    this.watchdog.close();
  }
}
