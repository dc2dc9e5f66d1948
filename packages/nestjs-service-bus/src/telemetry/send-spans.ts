import { type ServiceBusMessage } from '@azure/service-bus';
import { type Attributes, type Context, type Link, type Span, type Tracer } from '@opentelemetry/api';

import { describeError } from '../exceptions/describe-error.js';
import { type Sendable, type SendTracer } from '../send/send-observer.js';
import { errorType } from './error-type.js';
import { type Destination, operationAttributes } from './messaging-attributes.js';
import { type OpenTelemetry } from './open-telemetry.js';
import { readTraceContext, readTraceState, writeTraceContext } from '../delivery/trace-context.js';

type Traceable = Pick<ServiceBusMessage, 'applicationProperties' | 'messageId' | 'correlationId'>;

/** The spans of sends to one destination. Each message carries its span's context for its receiver to continue. */
export class SendSpans implements SendTracer {
  private readonly attributes: Attributes;

  constructor(
    private readonly api: OpenTelemetry['api'],
    private readonly tracer: Tracer,
    destination: Destination,
    /** What the spans are called by: their names must be few. */
    private readonly named: Destination = destination,
  ) {
    this.attributes = { ...operationAttributes('send', destination), 'messaging.operation.type': 'send' };
  }

  /** Sends as part of the caller's trace, or else of the trace that the message already carries. */
  async send<Message extends Sendable, Result>(
    message: Message,
    work: (traced: Message) => Promise<Result>,
  ): Promise<Result> {
    const span = this.start(message);
    try {
      return await work(withTrace(message, span));
    } catch (error) {
      span.setAttribute('error.type', errorType(error));
      span.setStatus({ code: this.api.SpanStatusCode.ERROR, message: describeError(error) });
      throw error;
    } finally {
      span.end();
    }
  }

  private start(message: Sendable): Span {
    const single = isSingle(message) ? message : undefined;
    const attributes = { ...this.attributes, ...(single ? idsOf(single) : countOf(message)) };
    const { parent, links } = this.parentAndLinks(single);
    const kind = this.api.SpanKind.PRODUCER;
    return this.tracer.startSpan(`send ${this.named.entity}`, { kind, attributes, links }, parent);
  }

  private parentAndLinks(message: Traceable | undefined): { parent: Context; links: Link[] } {
    const { context, trace, createTraceState } = this.api;
    const active = context.active();
    const current = trace.getSpanContext(active);
    const own = readTraceContext(message?.applicationProperties);
    if (!own) return { parent: active, links: [] };
    if (current) {
      return { parent: active, links: own.traceId === current.traceId ? [] : [{ context: own }] };
    }
    const state = readTraceState(message?.applicationProperties);
    const remote = state === undefined ? own : { ...own, traceState: createTraceState(state) };
    return { parent: trace.setSpanContext(active, remote), links: [] };
  }
}

/** Injects the span's context, except into the SDK's batches: their messages are encoded already. */
function withTrace<Message extends Sendable>(message: Message, span: Span): Message {
  if ('tryAddMessage' in message) return message;
  const trace = writeTraceContext(span.spanContext());
  const inject = <One extends Traceable>(one: One): One => ({
    ...one,
    applicationProperties: { ...one.applicationProperties, ...trace },
  });
  if (!Array.isArray(message)) return inject(message as Message & Traceable);
  return (message as Traceable[]).map((one) => inject(one)) as unknown as Message;
}

function isSingle(message: Sendable): message is Exclude<Sendable, unknown[]> & Traceable {
  return !Array.isArray(message) && !('tryAddMessage' in message);
}

function idsOf({ messageId, correlationId }: Traceable): Attributes {
  const attributes: Attributes = {};
  if (messageId !== undefined) attributes['messaging.message.id'] = String(messageId);
  if (correlationId !== undefined) attributes['messaging.message.conversation_id'] = String(correlationId);
  return attributes;
}

function countOf(messages: Sendable): Attributes {
  const count = Array.isArray(messages) ? messages.length : (messages as { count?: number }).count;
  return { 'messaging.batch.message_count': count };
}
