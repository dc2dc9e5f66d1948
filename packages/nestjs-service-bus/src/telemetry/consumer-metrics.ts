import { type Attributes, type Observable, type ObservableResult } from '@opentelemetry/api';

import { type ConsumerHealth } from '../receive/health/consumer-health.js';
import { type BindingMetrics } from './binding-metrics.js';
import { type Destination, destinationAttributes, operationAttributes } from './messaging-attributes.js';
import { type OpenTelemetry } from './open-telemetry.js';

/** What metrics read from a consumer. */
export interface ObservedConsumer {
  health(): ConsumerHealth & { readonly sessions?: number };
  /** When the oldest message in hand was received, on the clock of `performance.now()`. */
  oldestReceivedAtMs(): number | undefined;
}

/** A consumer with its binding's counters. */
export interface Observed {
  readonly destination: Destination;
  readonly consumer: ObservedConsumer;
  readonly metrics: BindingMetrics;
}

type Observe = (observed: Observed, attributes: Attributes, result: ObservableResult) => void;

const RECEIVER_STATES = ['connecting', 'receiving', 'degraded', 'failing', 'paused', 'draining'];
const CIRCUIT_STATES = ['closed', 'open', 'half-open'];

/** Publishes the state of this process's consumers as observable metrics, until it is closed. */
export class ConsumerMetrics {
  private readonly observed: { one: Observed; attributes: Attributes }[] = [];
  private readonly stops: (() => void)[] = [];

  constructor(private readonly meter: NonNullable<OpenTelemetry['meter']>) {
    this.count('messaging.client.consumed.messages', 'Messages that came', observeConsumed);
    this.count(
      'service_bus.message.retries',
      'Attempts that failed and are followed by another',
      observeRetries,
    );
    this.count('service_bus.message.dead_letters', 'Messages that were dead-lettered', observeDeadLetters);
    this.count('service_bus.message.lock_losses', 'Messages whose lock was lost', observeLockLosses);
    this.gauge('service_bus.messages.in_work', '{message}', 'Messages in work', observeInWork);
    this.gauge(
      'service_bus.messages.waiting_for_retry',
      '{message}',
      'Messages between attempts',
      observeWaiting,
    );
    this.gauge(
      'service_bus.messages.oldest.age',
      's',
      'Time since the oldest message in hand came',
      observeAge,
    );
    this.gauge('service_bus.sessions.held', '{session}', 'Sessions in hand', observeSessions);
    this.gauge(
      'service_bus.receiver.state',
      '{state}',
      '1 for the state that the receiver is in',
      observeReceiver,
    );
    this.gauge(
      'service_bus.binding.paused',
      '{binding}',
      '1 while somebody has paused the binding, else 0',
      observePaused,
    );
    this.gauge(
      'service_bus.rate.waiting',
      '{message}',
      'Messages here of a binding with a rate that wait for their turn',
      observeRate,
    );
    this.gauge(
      'service_bus.rate.store_failing',
      '{binding}',
      '1 while the store of a shared rate fails, else 0',
      observeRateStore,
    );
    this.gauge(
      'service_bus.circuit.state',
      '{state}',
      '1 for the state that the circuit breaker is in',
      observeCircuit,
    );
  }

  add(one: Observed): void {
    this.observed.push({ one, attributes: destinationAttributes(one.destination) });
  }

  close(): void {
    for (const stop of this.stops.splice(0)) stop();
  }

  private count(name: string, description: string, observe: Observe): void {
    this.listen(this.meter.createObservableCounter(name, { unit: '{message}', description }), observe);
  }

  private gauge(name: string, unit: string, description: string, observe: Observe): void {
    this.listen(this.meter.createObservableGauge(name, { unit, description }), observe);
  }

  private listen(instrument: Observable, observe: Observe): void {
    const callback = (result: ObservableResult): void => {
      for (const { one, attributes } of this.observed) observe(one, attributes, result);
    };
    instrument.addCallback(callback);
    this.stops.push(() => instrument.removeCallback(callback));
  }
}

const observeConsumed: Observe = ({ metrics, destination }, _, result) =>
  result.observe(metrics.consumed, operationAttributes('receive', destination));

const observeRetries: Observe = ({ metrics }, attributes, result) =>
  result.observe(metrics.retries, attributes);

const observeDeadLetters: Observe = ({ metrics }, attributes, result) => {
  for (const [reason, count] of metrics.deadLetters) result.observe(count, { ...attributes, reason });
};

const observeLockLosses: Observe = ({ metrics }, attributes, result) =>
  result.observe(metrics.lockLosses, attributes);

const observeInWork: Observe = ({ consumer }, attributes, result) =>
  result.observe(consumer.health().inWork, attributes);

const observeWaiting: Observe = ({ consumer }, attributes, result) =>
  result.observe(consumer.health().waitingForRetry, attributes);

const observeAge: Observe = ({ consumer }, attributes, result) => {
  const sinceMs = consumer.oldestReceivedAtMs();
  result.observe(sinceMs === undefined ? 0 : (performance.now() - sinceMs) / 1000, attributes);
};

const observeSessions: Observe = ({ consumer }, attributes, result) => {
  const { sessions } = consumer.health();
  if (sessions !== undefined) result.observe(sessions, attributes);
};

const observeReceiver: Observe = ({ consumer }, attributes, result) =>
  observeState(RECEIVER_STATES, consumer.health().state, attributes, result);

const observePaused: Observe = ({ consumer }, attributes, result) =>
  result.observe(consumer.health().paused ? 1 : 0, attributes);

const observeRate: Observe = ({ consumer }, attributes, result) => {
  const { rate } = consumer.health();
  if (rate) result.observe(rate.waiting, attributes);
};

const observeRateStore: Observe = ({ consumer }, attributes, result) => {
  const { rate } = consumer.health();
  if (rate?.key !== undefined) result.observe(rate.storeError ? 1 : 0, attributes);
};

const observeCircuit: Observe = ({ consumer }, attributes, result) => {
  const { circuit } = consumer.health();
  if (circuit !== undefined) observeState(CIRCUIT_STATES, circuit, attributes, result);
};

/** Reports each state as a series of its own, so that states can be summed and alerted on. */
function observeState(
  states: readonly string[],
  current: string,
  attributes: Attributes,
  result: ObservableResult,
): void {
  for (const state of states) result.observe(state === current ? 1 : 0, { ...attributes, state });
}
