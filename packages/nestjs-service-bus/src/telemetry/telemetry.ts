import { type Logger } from '@nestjs/common';
import { type Counter } from '@opentelemetry/api';

import { type Binding } from '../binding/binding.js';
import { type ServiceBusConnection } from '../sdk/index.js';
import { type SendObserver, type SendObservers } from '../send/send-observer.js';
import { BindingMetrics } from './binding-metrics.js';
import { BindingTelemetry } from './binding-telemetry.js';
import { ConsumerMetrics } from './consumer-metrics.js';
import { type Durations, makeDurations } from './durations.js';
import { MessageLog, type MessageLogLevel } from './message-log.js';
import { type Destination, OTHER } from './messaging-attributes.js';
import { findOpenTelemetry, type OpenTelemetry } from './open-telemetry.js';
import { ProcessSpans } from './process-spans.js';
import { QueueDepth } from './queue-depth.js';
import { makeSentCounter, SendMetrics } from './send-metrics.js';
import { SendSpans } from './send-spans.js';
import { ServerMetrics } from './server-metrics.js';

/** Telemetry that is switched on by options, not by OpenTelemetry's SDK. */
export interface TelemetryOptions {
  readonly currentMessage?: boolean | undefined;
  readonly queueDepthIntervalMs?: number | undefined;
  readonly logMessages?: MessageLogLevel | false | undefined;
}

/** Metrics, traces and the current message, as far as each is on. */
export class Telemetry implements SendObservers {
  private readonly durations?: Durations;
  private readonly sent?: Counter;

  private constructor(
    private readonly options: TelemetryOptions,
    /** Undefined if no SDK is set up. */
    private readonly openTelemetry: OpenTelemetry | undefined,
    private readonly logger: Pick<Logger, 'log' | 'debug'> | undefined,
    /** Of the connection that it is for; undefined for the one without. */
    private readonly connection: string | undefined,
  ) {
    const meter = openTelemetry?.meter;
    if (!meter) return;
    this.durations = makeDurations(meter);
    this.sent = makeSentCounter(meter);
  }

  /** Destinations that come from outside are measured as one: each would be a time series of its own. */
  readonly foreign: SendObservers = { forSender: (entity) => this.observe(entity, OTHER) };

  /** Looks for OpenTelemetry's SDK once: one that is set up later is not noticed. */
  static async find(
    options: TelemetryOptions = {},
    logger?: Pick<Logger, 'log' | 'debug'>,
    connection?: string,
  ): Promise<Telemetry> {
    return new Telemetry(options, await findOpenTelemetry(), logger, connection);
  }

  /** Returns undefined when metrics are off. */
  forServer(connection: ServiceBusConnection, logger: Logger): ServerMetrics | undefined {
    const meter = this.openTelemetry?.meter;
    if (!meter) return undefined;
    const { queueDepthIntervalMs = 0 } = this.options;
    const consumers = new ConsumerMetrics(meter);
    if (queueDepthIntervalMs <= 0) return new ServerMetrics(consumers, undefined);
    const client = connection.createAdministrationClient();
    return new ServerMetrics(consumers, new QueueDepth(meter, client, queueDepthIntervalMs, logger));
  }

  /** Returns undefined when everything is off: then telemetry costs nothing on the message path. */
  forBinding(binding: Binding): BindingTelemetry | undefined {
    const { openTelemetry, durations } = this;
    const tracksCurrentMessage = this.options.currentMessage ?? false;
    const { api, tracer } = openTelemetry ?? {};
    const spans = api && tracer ? new ProcessSpans(api, tracer, binding) : undefined;
    const metrics = durations ? new BindingMetrics(binding, durations) : undefined;
    const { logMessages } = this.options;
    const log = logMessages && this.logger ? new MessageLog(binding, this.logger, logMessages) : undefined;
    if (!spans && !metrics && !tracksCurrentMessage && !log) return undefined;
    return new BindingTelemetry(binding, { metrics, spans, api, tracksCurrentMessage, log });
  }

  /** Returns undefined when everything is off. */
  forSender(entity: string): SendObserver | undefined {
    return this.observe(entity, entity);
  }

  private observe(entity: string, measuredAs: string): SendObserver | undefined {
    if (!this.openTelemetry) return undefined;
    const { connection } = this;
    const destination: Destination = { entity, connection };
    const named: Destination = { entity: measuredAs, connection };
    const { api, tracer } = this.openTelemetry;
    const { durations, sent } = this;
    return {
      tracer: tracer ? new SendSpans(api, tracer, destination, named) : undefined,
      meter: durations && sent ? new SendMetrics(named, durations, sent) : undefined,
    };
  }
}
