import { type Binding } from '../../binding/binding.js';
import { type BindingRuntime } from '../../message/binding-runtime.js';
import { AdaptiveConcurrency, type AdaptiveSource } from './adaptive-concurrency.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { type ConsumerHealth } from '../health/consumer-health.js';
import { type Delivery } from '../../delivery/delivery.js';
import { Slots } from './slots.js';

/** How much of a binding may be in work at once: its slots, and what opens and closes them. */
export class Capacity {
  readonly slots: Slots;
  readonly breaker?: CircuitBreaker;
  readonly adaptive?: AdaptiveConcurrency;

  private troublesOfEnded = 0;

  constructor(
    private readonly binding: Binding,
    { clock, logger, outputs }: Pick<BindingRuntime, 'clock' | 'logger' | 'outputs'>,
    private readonly inWork: ReadonlySet<Delivery>,
    /** Links need as much credit: it goes down with the messages that end, and up only with another link. */
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
      takeTroubles: () => this.takeTroubles(),
      isOutputBlocked: () => outputs.isBlocked,
      isPaused: () => (this.breaker?.state ?? 'closed') !== 'closed',
      limitChanged: () => limitChanged(slots.limit),
    };
    this.adaptive = new AdaptiveConcurrency(adaptive.max, slots, source, clock);
  }

  /** Messages that the broker may have on the way to us and with us, per link. */
  get credit(): number {
    const { batch, maxConcurrentCalls } = this.binding;
    return this.adaptive?.credit ?? maxConcurrentCalls * (batch?.maxMessages ?? 1);
  }

  /** Nothing is taken up for a while, by the circuit breaker's decision; what it tries then has to come first. */
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

  /** A delivery's fate is known. */
  ended(delivery: Delivery): void {
    this.troublesOfEnded += delivery.troubles;
  }

  /** Gives out no slot any more. */
  close(): void {
    this.slots.close();
    this.breaker?.close();
    this.adaptive?.close();
  }

  /** What went wrong with locks and settlements since the last time it was asked. */
  private takeTroubles(): number {
    let troubles = this.troublesOfEnded;
    this.troublesOfEnded = 0;
    for (const delivery of this.inWork) {
      troubles += delivery.troubles;
      delivery.troubles = 0;
    }
    return troubles;
  }
}
