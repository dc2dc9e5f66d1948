import { type Counter, type Meter } from '@opentelemetry/api';

import { type Durations } from './durations.js';
import { type Sendable, type TransferMeter } from '../send/send-observer.js';
import { errorType } from './error-type.js';
import { type Destination, OperationAttributes } from './messaging-attributes.js';

/** Creates the counter of sent messages; the same meter always returns the same one. */
export function makeSentCounter(meter: Meter): Counter {
  return meter.createCounter('messaging.client.sent.messages', {
    unit: '{message}',
    description: 'Messages that were sent, those that the broker refused included',
  });
}

/** Measures the sends to one destination, per transfer, which may carry many messages. */
export class SendMetrics implements TransferMeter {
  private readonly attributes: OperationAttributes;

  constructor(
    destination: Destination,
    private readonly durations: Durations,
    private readonly sent: Counter,
  ) {
    this.attributes = new OperationAttributes('send', destination);
  }

  async transfer(messages: Sendable, work: () => Promise<void>): Promise<void> {
    const startedAtMs = performance.now();
    try {
      await work();
      this.record(messages, startedAtMs);
    } catch (error) {
      this.record(messages, startedAtMs, errorType(error));
      throw error;
    }
  }

  private record(messages: Sendable, startedAtMs: number, failure?: string): void {
    const attributes = this.attributes.for(failure);
    this.durations.operation.record((performance.now() - startedAtMs) / 1000, attributes);
    this.sent.add(countOf(messages), attributes);
  }
}

function countOf(messages: Sendable): number {
  if (Array.isArray(messages)) return messages.length;
  return 'tryAddMessage' in messages ? messages.count : 1;
}
