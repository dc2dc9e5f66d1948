import { type Attributes } from '@opentelemetry/api';

/** A queue or topic, with the subscription if messages are read from one. */
export interface Destination {
  readonly entity: string;
  readonly subscription?: string | undefined;
  /** The name of the connection that leads to it; undefined for the one without. */
  readonly connection?: string | undefined;
}

/** Names a queue, or a topic's subscription, as the messaging conventions do. */
export function destinationAttributes({ entity, subscription, connection }: Destination): Attributes {
  const attributes: Attributes = { 'messaging.destination.name': entity };
  if (subscription !== undefined) attributes['messaging.destination.subscription.name'] = subscription;
  if (connection !== undefined) attributes['service_bus.connection'] = connection;
  return attributes;
}

/** The attributes shared by all measurements of one operation on one destination. */
export function operationAttributes(operation: string, destination: Destination): Attributes {
  return {
    'messaging.system': 'servicebus',
    'messaging.operation.name': operation,
    ...destinationAttributes(destination),
  };
}

/** Caches the attributes of one operation's measurements: one object per error type, created when it first occurs. */
export class OperationAttributes {
  private readonly failed = new Map<string, Attributes>();
  private readonly succeeded: Attributes;

  constructor(operation: string, destination: Destination) {
    this.succeeded = operationAttributes(operation, destination);
  }

  for(errorType?: string): Attributes {
    if (errorType === undefined) return this.succeeded;
    let attributes = this.failed.get(errorType);
    if (!attributes) {
      // Error names come from outside, and each is a time series of its own: bound their number.
      const isKnown = this.failed.size < MAX_ERROR_TYPES;
      attributes = { ...this.succeeded, 'error.type': isKnown ? errorType : OTHER };
      if (isKnown) this.failed.set(errorType, attributes);
    }
    return attributes;
  }
}

const MAX_ERROR_TYPES = 50;
/** [OpenTelemetry error.type] The fallback for errors without a type of their own. */
export const OTHER = '_OTHER';
