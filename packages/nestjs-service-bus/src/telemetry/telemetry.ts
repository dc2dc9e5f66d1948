import { type Logger } from '@nestjs/common';
import { type Counter } from '@opentelemetry/api';

import { type Binding } from '../binding/binding.js';
import { type ServiceBusConnection } from '../sdk/index.js';
import { type SendObserver, type SendObservers } from '../send/send-observer.js';
import { BindingMetrics } from './binding-metrics.js';
import { BindingTelemetry } from './binding-telemetry.js';
import { ConsumerMetrics } from './consumer-metrics.js';
import { type Durations, makeDurations } from './durations.js';
import { findOpenTelemetry, type OpenTelemetry } from './open-telemetry.js';
import { ProcessSpans } from './process-spans.js';
import { QueueDepth } from './queue-depth.js';
import { makeSentCounter, SendMetrics } from './send-metrics.js';
import { SendSpans } from './send-spans.js';
import { ServerMetrics } from './server-metrics.js';

/** What telemetry tracks beyond what OpenTelemetry's SDK asks for. */
export interface TelemetryOptions {
  readonly currentMessage?: boolean | undefined;
  readonly queueDepthIntervalMs?: number | undefined;
}

/** Metrics, traces and the message in work, as far as each of them is on. */
export class Telemetry implements SendObservers {
  private readonly durations?: Durations;
  private readonly sent?: Counter;

  private constructor(
    private readonly options: TelemetryOptions,
    /** Undefined where no SDK is set up. */
    private readonly openTelemetry: OpenTelemetry | undefined,
  ) {
    const meter = openTelemetry?.meter;
    if (!meter) return;
    this.durations = makeDurations(meter);
    this.sent = makeSentCounter(meter);
  }

  /** An SDK that is set up later is not seen. */
  static async find(options: TelemetryOptions = {}): Promise<Telemetry> {
    return new Telemetry(options, await findOpenTelemetry());
  }

  /** Nothing where nobody collects metrics. */
  forServer(connection: ServiceBusConnection, logger: Logger): ServerMetrics | undefined {
    const meter = this.openTelemetry?.meter;
    if (!meter) return undefined;
    const { queueDepthIntervalMs = 0 } = this.options;
    const consumers = new ConsumerMetrics(meter);
    if (queueDepthIntervalMs <= 0) return new ServerMetrics(consumers, undefined);
    const client = connection.createAdministrationClient();
    return new ServerMetrics(consumers, new QueueDepth(meter, client, queueDepthIntervalMs, logger));
  }

  /** Nothing where everything is off: then messages take their way as if there were no telemetry. */
  forBinding(binding: Binding): BindingTelemetry | undefined {
    const { openTelemetry, durations } = this;
    const tracksCurrentMessage = this.options.currentMessage ?? false;
    const { api, tracer } = openTelemetry ?? {};
    const spans = api && tracer ? new ProcessSpans(api, tracer, binding) : undefined;
    const metrics = durations ? new BindingMetrics(binding, durations) : undefined;
    if (!spans && !metrics && !tracksCurrentMessage) return undefined;
    return new BindingTelemetry(binding, { metrics, spans, api, tracksCurrentMessage });
  }

  /** Nothing where everything is off. */
  forSender(entity: string): SendObserver | undefined {
    if (!this.openTelemetry) return undefined;
    const { api, tracer } = this.openTelemetry;
    const { durations, sent } = this;
    return {
      tracer: tracer ? new SendSpans(api, tracer, { entity }) : undefined,
      meter: durations && sent ? new SendMetrics({ entity }, durations, sent) : undefined,
    };
  }
}
