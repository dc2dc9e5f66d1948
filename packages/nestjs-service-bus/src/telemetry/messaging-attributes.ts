import { type Attributes } from '@opentelemetry/api';

/** A queue or topic, with the subscription where messages are read from one. */
export interface Destination {
  readonly entity: string;
  readonly subscription?: string | undefined;
}

/** How the messaging conventions name a queue, or a topic's subscription. */
export function destinationAttributes({ entity, subscription }: Destination): Attributes {
  const attributes: Attributes = { 'messaging.destination.name': entity };
  if (subscription !== undefined) attributes['messaging.destination.subscription.name'] = subscription;
  return attributes;
}

/** What all measurements of one operation on one destination have in common. */
export function operationAttributes(operation: string, destination: Destination): Attributes {
  return {
    'messaging.system': 'servicebus',
    'messaging.operation.name': operation,
    ...destinationAttributes(destination),
  };
}

/** The attributes of one operation's measurements, one object for each kind of error, made when it first comes. */
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
      // Error names come from outside: each of them is a time series of its own.
      const isKnown = this.failed.size < MAX_ERROR_TYPES;
      attributes = { ...this.succeeded, 'error.type': isKnown ? errorType : OTHER };
      if (isKnown) this.failed.set(errorType, attributes);
    }
    return attributes;
  }
}

const MAX_ERROR_TYPES = 50;
/** [OpenTelemetry error.type] For what has no value of its own. */
export const OTHER = '_OTHER';
