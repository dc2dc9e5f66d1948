import {
  type FilteredMessage,
  type PropertyValue,
  type ReadableSystemProperty,
} from '@nestjs-service-bus/rule-filter';

import { type MessageContent } from '../queue/message-content.js';

/** The properties that the broker has set by the time rules are evaluated. */
export interface BrokerProperties {
  readonly sequenceNumber?: number | bigint;
  readonly enqueuedSequenceNumber?: number | bigint;
  /** Unix time in milliseconds. */
  readonly enqueuedTimeMs?: number;
  readonly deliveryCount?: number;
}

/** A message that has arrived at a topic, as rules see it; create one per message, not one per rule. */
export class ArrivedMessage implements FilteredMessage {
  constructor(
    private readonly content: MessageContent,
    private readonly broker: BrokerProperties = {},
  ) {}

  applicationProperty(name: string): PropertyValue {
    return this.content.applicationProperty(name);
  }

  systemProperty(name: ReadableSystemProperty): PropertyValue {
    switch (name) {
      case 'ContentType':
      case 'CorrelationId':
      case 'Label':
      case 'MessageId':
      case 'ReplyTo':
      case 'ReplyToSessionId':
      case 'SessionId':
      case 'To':
        return this.content.systemProperty(name);
      case 'Size':
        return this.content.size;
      case 'PartitionKey':
        return this.content.partitionKey ?? null;
      case 'TimeToLive':
        return this.content.timeToLiveMs ?? null;
      case 'ScheduledEnqueueTimeUtc':
        return dateOrNull(this.content.scheduledEnqueueTimeMs);
      default:
        return this.brokerProperty(name);
    }
  }

  private brokerProperty(name: ReadableSystemProperty): PropertyValue {
    switch (name) {
      case 'DeliveryCount':
        return this.broker.deliveryCount ?? null;
      case 'EnqueuedSequenceNumber':
        return this.broker.enqueuedSequenceNumber ?? null;
      case 'EnqueuedTimeUtc':
        return dateOrNull(this.broker.enqueuedTimeMs);
      case 'ExpiresAtUtc':
        return dateOrNull((this.broker.enqueuedTimeMs ?? NaN) + (this.content.timeToLiveMs ?? NaN));
      case 'SequenceNumber':
        return this.broker.sequenceNumber ?? null;
      default:
        return null;
    }
  }
}

function dateOrNull(timeMs: number | undefined): Date | null {
  return timeMs === undefined || Number.isNaN(timeMs) ? null : new Date(timeMs);
}
