import { type Histogram } from '@opentelemetry/api';

import { type Binding } from '../binding/binding.js';
import { type Outcome } from '../message/outcome.js';
import { DrainedError } from '../exceptions/drained.error.js';
import { type Settlement } from '../delivery/settlement.js';
import { errorType } from './error-type.js';
import { type Durations } from './durations.js';
import { OperationAttributes, OTHER } from './messaging-attributes.js';
import { dispositionStatus } from './process-spans.js';

const MAX_REASONS = 50;

/**
 * Counts what happens to one binding's messages. Counters are plain numbers, read when metrics are collected; only
 * durations are recorded per message, with attributes that are created once.
 */
export class BindingMetrics {
  consumed = 0;
  retries = 0;
  lockLosses = 0;
  readonly deadLetters = new Map<string, number>();

  private readonly processAttributes: OperationAttributes;
  private readonly settleAttributes = new Map<Settlement['kind'], OperationAttributes>();
  private readonly processDuration: Histogram;
  private readonly operationDuration: Histogram;

  constructor(
    private readonly binding: Binding,
    durations: Durations,
  ) {
    this.processDuration = durations.process;
    this.operationDuration = durations.operation;
    this.processAttributes = new OperationAttributes('process', binding);
  }

  processed(durationMs: number, outcome: Outcome | undefined): void {
    const failure = outcome && 'error' in outcome ? errorType(outcome.error) : undefined;
    if (outcome?.kind === 'retry') this.retries++;
    this.processDuration.record(durationMs / 1000, this.processAttributes.for(failure));
  }

  settled(settlement: Settlement, durationMs: number, failure: string | undefined): void {
    if (settlement.kind === 'dead-letter' && failure === undefined) this.deadLettered(settlement.reason);
    this.operationDuration.record(durationMs / 1000, this.attributesOf(settlement).for(failure));
  }

  lockLost(cause: unknown): void {
    // A message that a shutdown gave back is not a lost lock.
    if (!(cause instanceof DrainedError)) this.lockLosses++;
  }

  private deadLettered(reason: string): void {
    // Handlers choose the reasons, and each reason is a time series of its own: bound their number.
    const isKnown = this.deadLetters.has(reason) || this.deadLetters.size < MAX_REASONS;
    const name = isKnown ? reason : OTHER;
    this.deadLetters.set(name, (this.deadLetters.get(name) ?? 0) + 1);
  }

  private attributesOf(settlement: Settlement): OperationAttributes {
    let attributes = this.settleAttributes.get(settlement.kind);
    if (!attributes) {
      attributes = new OperationAttributes(dispositionStatus(settlement), this.binding);
      this.settleAttributes.set(settlement.kind, attributes);
    }
    return attributes;
  }
}
