import { type Binding } from '../../binding/binding.js';
import { type BindingRuntime } from '../../message/binding-runtime.js';
import { AdaptiveConcurrency, type AdaptiveSource } from './adaptive-concurrency.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { type ConsumerHealth } from '../health/consumer-health.js';
import { type Delivery } from '../../delivery/delivery.js';
import { Slots } from './slots.js';

/** How many messages of a binding may be in work at once: its slots, and what adjusts them. */
export class Capacity {
  readonly slots: Slots;
  readonly breaker?: CircuitBreaker;
  readonly adaptive?: AdaptiveConcurrency;

  private endedOverloadSignals = 0;

  constructor(
    private readonly binding: Binding,
    { clock, logger, outputs }: Pick<BindingRuntime, 'clock' | 'logger' | 'outputs'>,
    private readonly inWork: ReadonlySet<Delivery>,
    /** Told of a new limit: a link's credit shrinks as messages end, but only a new link can have more. */
    limitChanged: (limit: number) => void,
  ) {
    const { adaptive, circuitBreaker, maxConcurrentCalls, pattern, entityPath } = binding;
    const slots = (this.slots = new Slots(maxConcurrentCalls));
    if (circuitBreaker) {
      this.breaker = new CircuitBreaker(circuitBreaker, slots, clock, (state) =>
        logger.warn(`${pattern} (${entityPath}): the circuit is ${state}`),
      );
    }
    if (!adaptive) return;
    const source: AdaptiveSource = {
      takeOverloadSignals: () => this.takeOverloadSignals(),
      isOutputBlocked: () => outputs.isBlocked,
      isPaused: () => (this.breaker?.state ?? 'closed') !== 'closed',
      limitChanged: () => limitChanged(slots.limit),
    };
    this.adaptive = new AdaptiveConcurrency(adaptive.max, slots, source, clock);
  }

  /** Messages that may be on their way to us or unsettled with us, per link. */
  get credit(): number {
    const { batch, maxConcurrentCalls } = this.binding;
    return this.adaptive?.credit ?? maxConcurrentCalls * (batch?.maxMessages ?? 1);
  }

  /** True while the circuit breaker pauses the binding. Half-open does not count: its trial message has to arrive. */
  get isPaused(): boolean {
    return this.breaker?.state === 'open';
  }

  health(): Pick<ConsumerHealth, 'circuit' | 'concurrency'> {
    const { breaker, adaptive } = this;
    return {
      ...(breaker && { circuit: breaker.state }),
      ...(adaptive && { concurrency: { limit: adaptive.limit, max: adaptive.max } }),
    };
  }

  /** Notes that a delivery has ended. */
  ended(delivery: Delivery): void {
    this.endedOverloadSignals += delivery.troubles;
  }

  /** Grants no more slots. */
  close(): void {
    this.slots.close();
    this.breaker?.close();
    this.adaptive?.close();
  }

  /** Returns the trouble with locks and settlements since the last call, and resets the count. */
  private takeOverloadSignals(): number {
    let overloadSignals = this.endedOverloadSignals;
    this.endedOverloadSignals = 0;
    for (const delivery of this.inWork) {
      overloadSignals += delivery.troubles;
      delivery.troubles = 0;
    }
    return overloadSignals;
  }
}
