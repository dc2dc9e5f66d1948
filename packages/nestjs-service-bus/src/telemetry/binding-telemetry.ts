import { type Span } from '@opentelemetry/api';

import { type Binding } from '../binding/binding.js';
import { type MessageObserver } from '../message/binding-runtime.js';
import { type Outcome } from '../message/outcome.js';
import { type Delivery } from '../delivery/delivery.js';
import { type Settlement } from '../delivery/settlement.js';
import { type BindingMetrics } from './binding-metrics.js';
import { CurrentMessage, withCurrentMessage } from '../delivery/current-message.js';
import { type MessageLog } from './message-log.js';
import { type OpenTelemetry } from './open-telemetry.js';
import { type ProcessSpans } from './process-spans.js';

/** The parts of a binding's telemetry, as far as each is on. */
export interface BindingTelemetryParts {
  readonly metrics: BindingMetrics | undefined;
  readonly spans: ProcessSpans | undefined;
  /** Set if `spans` is. */
  readonly api: OpenTelemetry['api'] | undefined;
  readonly tracksCurrentMessage: boolean;
  readonly log: MessageLog | undefined;
}

/** Observes the messages of one binding without changing how they are processed. */
export class BindingTelemetry implements MessageObserver {
  readonly metrics: BindingMetrics | undefined;

  constructor(
    private readonly binding: Binding,
    private readonly parts: BindingTelemetryParts,
  ) {
    this.metrics = parts.metrics;
  }

  received(delivery: Delivery): void {
    delivery.observer = this;
    if (this.metrics) this.metrics.consumed++;
  }

  lockLost(cause: unknown): void {
    this.metrics?.lockLost(cause);
  }

  /** Wraps the processing of a message, from its handler to its settlement. */
  process(delivery: Delivery, work: () => Promise<Outcome | undefined>): Promise<Outcome | undefined> {
    const { spans } = this.parts;
    const span = spans?.startProcess(delivery);
    const startedAtMs = performance.now();
    return this.runWith(delivery, span, work).then((outcome) => {
      const durationMs = performance.now() - startedAtMs;
      this.metrics?.processed(durationMs, outcome);
      this.parts.log?.ended(delivery, outcome, durationMs);
      if (span) spans?.endProcess(span, outcome);
      return outcome;
    });
  }

  /** Wraps one settlement, including its retries. */
  settle(delivery: Delivery, settlement: Settlement, work: () => Promise<void>): Promise<void> {
    const { spans } = this.parts;
    const span = spans?.startSettle(delivery, settlement);
    const startedAtMs = performance.now();
    return work().then(() => {
      const failure = delivery.state === 'settled' ? undefined : 'MessageLockLost';
      this.metrics?.settled(settlement, performance.now() - startedAtMs, failure);
      if (span) spans?.endSettle(span, failure);
    });
  }

  private runWith<Result>(delivery: Delivery, span: Span | undefined, work: () => Result): Result {
    const { api, tracksCurrentMessage } = this.parts;
    const { trace } = delivery;
    const inSpan = api && trace ? () => api.context.with(trace, work) : work;
    if (!tracksCurrentMessage) return inSpan();
    const message = new CurrentMessage(delivery, this.binding.entityPath, span?.spanContext().traceId);
    return withCurrentMessage(message, inSpan);
  }
}
