import { type Attributes, type Context, type Span, type Tracer } from '@opentelemetry/api';

import { describeError } from '../exceptions/describe-error.js';
import { type Outcome } from '../message/outcome.js';
import { type Delivery } from '../delivery/delivery.js';
import { type Settlement } from '../delivery/settlement.js';
import { errorType } from './error-type.js';
import { type Destination, destinationAttributes } from './messaging-attributes.js';
import { type OpenTelemetry } from './open-telemetry.js';
import { readTraceContext, readTraceState } from '../delivery/trace-context.js';

/** The spans of one binding's messages: one for the processing, with a child for each settlement. */
export class ProcessSpans {
  private readonly shared: Attributes;

  constructor(
    private readonly api: OpenTelemetry['api'],
    private readonly tracer: Tracer,
    private readonly destination: Destination,
  ) {
    this.shared = { 'messaging.system': 'servicebus', ...destinationAttributes(destination) };
  }

  /** Continues the trace in which the message was sent. */
  startProcess(delivery: Delivery): Span {
    const { message } = delivery;
    const attributes: Attributes = {
      ...this.shared,
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.servicebus.message.delivery_count': message.deliveryCount ?? 0,
      ...messageAttributes(delivery),
    };
    const enqueuedAt = message.enqueuedTimeUtc?.getTime();
    if (enqueuedAt !== undefined) {
      attributes['messaging.servicebus.message.enqueued_time'] = Math.floor(enqueuedAt / 1000);
    }
    const parent = this.parentOf(delivery);
    const kind = this.api.SpanKind.CONSUMER;
    const span = this.tracer.startSpan(`process ${this.destination.entity}`, { kind, attributes }, parent);
    delivery.trace = this.api.trace.setSpan(parent, span);
    return span;
  }

  endProcess(span: Span, outcome: Outcome | undefined): void {
    if (outcome && 'error' in outcome) {
      span.setAttribute('error.type', errorType(outcome.error));
      span.setStatus({ code: this.api.SpanStatusCode.ERROR, message: describeError(outcome.error) });
    }
    span.end();
  }

  /** Returns undefined if the message's own span is not sampled. After a retry's wait, that span has already ended. */
  startSettle(delivery: Delivery, settlement: Settlement): Span | undefined {
    const { trace } = delivery;
    const flags = trace && this.api.trace.getSpanContext(trace)?.traceFlags;
    if (!trace || !((flags ?? 0) & this.api.TraceFlags.SAMPLED)) return undefined;
    const status = dispositionStatus(settlement);
    const attributes = {
      ...this.shared,
      'messaging.operation.name': status,
      'messaging.operation.type': 'settle',
      'messaging.servicebus.disposition_status': status,
      ...messageAttributes(delivery),
    };
    const kind = this.api.SpanKind.CLIENT;
    return this.tracer.startSpan(`${status} ${this.destination.entity}`, { kind, attributes }, trace);
  }

  endSettle(span: Span, failure: string | undefined): void {
    if (failure !== undefined) {
      span.setAttribute('error.type', failure);
      span.setStatus({ code: this.api.SpanStatusCode.ERROR });
    }
    span.end();
  }

  private parentOf({ message }: Delivery): Context {
    const { ROOT_CONTEXT, trace, createTraceState } = this.api;
    const sent = readTraceContext(message.applicationProperties);
    if (!sent) return ROOT_CONTEXT;
    const state = readTraceState(message.applicationProperties);
    return trace.setSpanContext(
      ROOT_CONTEXT,
      state === undefined ? sent : { ...sent, traceState: createTraceState(state) },
    );
  }
}

/** The conventions' name for a settlement. */
export function dispositionStatus({ kind }: Settlement): string {
  return kind === 'dead-letter' ? 'dead_letter' : kind;
}

function messageAttributes({ message }: Delivery): Attributes {
  const attributes: Attributes = {};
  if (message.messageId !== undefined) attributes['messaging.message.id'] = String(message.messageId);
  if (message.correlationId !== undefined) {
    attributes['messaging.message.conversation_id'] = String(message.correlationId);
  }
  return attributes;
}
