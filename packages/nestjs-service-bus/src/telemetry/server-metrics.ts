import { type Binding } from '../binding/binding.js';
import { type BindingTelemetry } from './binding-telemetry.js';
import { type ConsumerMetrics, type ObservedConsumer } from './consumer-metrics.js';
import { type QueueDepth } from './queue-depth.js';

/** The observable metrics of a server while it listens. */
export class ServerMetrics {
  constructor(
    private readonly consumers: ConsumerMetrics,
    private readonly depth: QueueDepth | undefined,
  ) {}

  add(binding: Binding, consumer: ObservedConsumer, telemetry: BindingTelemetry | undefined): void {
    const { metrics } = telemetry ?? {};
    if (!metrics) return;
    this.consumers.add({ destination: binding, consumer, metrics });
    // A key of one entity may not ask.
    if (binding.connectionString === undefined) this.depth?.add(binding);
  }

  close(): void {
    this.consumers.close();
    this.depth?.close();
  }
}
