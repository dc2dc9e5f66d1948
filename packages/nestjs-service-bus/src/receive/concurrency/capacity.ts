import { type Binding } from '../../binding/binding.js';
import { nameBinding } from '../../binding/describe-binding.js';
import { type Delivery } from '../../delivery/delivery.js';
import { type BindingRuntime } from '../../message/binding-runtime.js';
import { type ConsumerHealth } from '../health/consumer-health.js';
import { type Room } from '../links/link-chain.js';
import { AdaptiveConcurrency, type AdaptiveSource } from './adaptive-concurrency.js';
import { Backlog } from './backlog.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { openRate } from './open-rate.js';
import { Prefetch } from './prefetch.js';
import { type Rate } from './rate.js';
import { Slots } from './slots.js';

/** Of all messages of a link, so that it need not be replaced for those that are only on their way back. */
const MAX_HERE = 1_400;
const LEAST_ENDING = 100;
/** Where a body's size is not known: a value or a sequence of AMQP. */
const UNKNOWN_BYTES = 1_024;

/** What a consumer has in hand. */
export interface Held {
  readonly inWork: ReadonlySet<Delivery>;
  /** How many of them wait for another attempt. */
  readonly waitingForRetry: number;
}

/**
 * How many messages of a binding there may be: in its handlers (slots), waiting for them or on their way (prefetch), and
 * behind them, while results and settlements are on theirs; and what adjusts these numbers.
 */
export class Capacity implements Room {
  readonly slots: Slots;
  readonly breaker?: CircuitBreaker;
  readonly adaptive?: AdaptiveConcurrency;
  /** Undefined for a binding whose handlers are called as fast as they can be. */
  readonly rate: Rate | undefined;

  private readonly prefetch: Prefetch;
  private readonly perCall: number;
  /** Messages that have come and that no handler has ended with. */
  private unhandled = 0;
  private endedOverloadSignals = 0;
  private isHalted = false;

  constructor(
    private readonly binding: Binding,
    private readonly runtime: Pick<BindingRuntime, 'clock' | 'logger' | 'outputs' | 'rateStore'>,
    private readonly held: Held,
    /** Told of a new limit, and when the rate has room for another message. */
    limitChanged: () => void,
    private readonly backlog = new Backlog().join(),
    /** Where others take of the binding's rate as well. */
    commonRate?: Rate,
  ) {
    const { clock, logger, outputs } = runtime;
    const { adaptive, circuitBreaker, maxConcurrentCalls } = binding;
    this.rate = commonRate ?? openRate(binding, runtime);
    const slots = (this.slots = new Slots(maxConcurrentCalls, this.rate));
    this.rate?.onDue(limitChanged);
    this.perCall = binding.batch?.maxMessages ?? 1;
    this.prefetch = new Prefetch(() => this.limit, clock.now(), binding.prefetch);
    if (circuitBreaker) {
      this.breaker = new CircuitBreaker(circuitBreaker, slots, clock, (state) =>
        logger.warn(`${nameBinding(binding)}: the circuit is ${state}`),
      );
    }
    if (!adaptive) return;
    const source: AdaptiveSource = {
      takeOverloadSignals: () => this.takeOverloadSignals(),
      isOutputBlocked: () => outputs.isBlocked,
      isPaused: () => this.isHalted || (this.breaker?.state ?? 'closed') !== 'closed',
      limitChanged,
    };
    this.adaptive = new AdaptiveConcurrency(adaptive.max, slots, source, clock);
  }

  /** Messages in handlers, waiting for them, and on their way, when nothing holds them up. */
  get size(): number {
    return this.rate ? Math.min(this.fullSize, this.rate.most) : this.fullSize;
  }

  /** Messages that a new link may bring at first. */
  get firstCredit(): number {
    return this.rate ? Math.max(this.wanted, 1) : this.size;
  }

  /** Messages that may be on their way to us now. */
  get wanted(): number {
    const backlog = this.backlog.roomBeside(this.behindHandlers);
    const room = Math.max(Math.min(this.fullSize - this.unhandled, backlog), 0);
    if (!this.rate || room === 0) return room;
    return Math.min(room, this.rate.roomBeside(this.unhandled - this.inHandlers));
  }

  /** Whether messages that wait too long for a slot go back to the broker. */
  get losesPatience(): boolean {
    return this.binding.prefetch === undefined && (this.breaker?.state ?? 'closed') === 'closed';
  }

  /**
   * Whether a message may give its slot to another one although its own result or settlement is on its way. Not while
   * results wait for their destination, while the circuit is tried, or when too many are on their way already: what is
   * done and not completed is done again after a crash.
   */
  get letsHandledGo(): boolean {
    const isClosed = (this.breaker?.state ?? 'closed') === 'closed';
    return isClosed && !this.runtime.outputs.isBlocked && this.ending < this.maxEnding;
  }

  /**
   * True while somebody, or the circuit breaker, pauses the binding. Half-open does not count: its trial message has to
   * arrive.
   */
  get isPaused(): boolean {
    return this.isHalted || this.breaker?.state === 'open';
  }

  /** For a dispatcher that has so many messages waiting. */
  health(waiting: number): Pick<ConsumerHealth, 'circuit' | 'concurrency' | 'maxConcurrentCalls' | 'rate'> {
    const { breaker, adaptive, rate } = this;
    return {
      maxConcurrentCalls: this.slots.limit,
      ...(breaker && { circuit: breaker.state }),
      ...(adaptive && { concurrency: { limit: adaptive.limit, max: adaptive.max } }),
      ...(rate && { rate: rate.health(waiting) }),
    };
  }

  /** Notes that a message has come. */
  arrived({ message }: Delivery): void {
    this.unhandled++;
    const body: unknown = message.body;
    this.prefetch.arrived(body instanceof Uint8Array ? body.length : UNKNOWN_BYTES);
  }

  /** Notes that a message takes part in no handler's call any more: it has ended, or will not begin. */
  left(): void {
    this.unhandled--;
  }

  /** Notes that a handler's call of so many milliseconds has ended for a message. */
  handled(durationMs: number): void {
    this.prefetch.ended(durationMs, this.runtime.clock.now());
  }

  /** Notes that a message has gone back because it did not get its turn in time. */
  wasLate(): void {
    this.prefetch.late();
  }

  /** Notes that a delivery has ended. */
  ended(delivery: Delivery): void {
    this.endedOverloadSignals += delivery.troubles;
    // Not only when credit is granted: without a link, or paused, what ends would narrow the other bindings for ever.
    this.backlog.note(this.behindHandlers);
    const { answeredInMs } = delivery;
    if (answeredInMs !== undefined) this.prefetch.answered(answeredInMs, this.runtime.clock.now());
  }

  /** Refuses all who wait for a slot, and grants none until `resume`. */
  pause(): void {
    this.isHalted = true;
    this.slots.close();
  }

  resume(): void {
    this.isHalted = false;
    this.slots.reopen();
  }

  /** Grants no more slots. */
  close(): void {
    this.slots.close();
    this.backlog.leave();
    this.breaker?.close();
    this.adaptive?.close();
    this.rate?.close();
  }

  private get inHandlers(): number {
    return Math.min(this.unhandled, this.slots.inUse * this.perCall);
  }

  /** Messages that are here and in no handler: those that wait for one, and those that are on their way back. */
  private get behindHandlers(): number {
    const { inWork, waitingForRetry } = this.held;
    return Math.max(inWork.size - waitingForRetry - this.inHandlers, 0);
  }

  /** What there is room for as far as handlers and their prefetch go. */
  private get fullSize(): number {
    return this.limit + this.prefetch.size;
  }

  private get limit(): number {
    return this.slots.limit * this.perCall;
  }

  /** Messages that their handlers are done with, and the broker not. */
  private get ending(): number {
    const { inWork, waitingForRetry } = this.held;
    return inWork.size - waitingForRetry - this.unhandled;
  }

  private get maxEnding(): number {
    return Math.max(MAX_HERE - this.fullSize, LEAST_ENDING);
  }

  /** Returns the trouble with locks and settlements since the last call, and resets the count. */
  private takeOverloadSignals(): number {
    let overloadSignals = this.endedOverloadSignals;
    this.endedOverloadSignals = 0;
    for (const delivery of this.held.inWork) {
      overloadSignals += delivery.troubles;
      delivery.troubles = 0;
    }
    return overloadSignals;
  }
}
