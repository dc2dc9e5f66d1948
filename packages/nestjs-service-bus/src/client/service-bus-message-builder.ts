import { type ServiceBusMessage } from '@azure/service-bus';

import { checkDuration, ServiceBusRecord, type ServiceBusRecordOptions } from './service-bus-record.js';

type Properties = NonNullable<ServiceBusMessage['applicationProperties']>;

/**
 * Sets options of a single message:
 * `client.emit('counter', new ServiceBusMessageBuilder(data).setSessionId('a').setDelayMs(500).build())`.
 */
export class ServiceBusMessageBuilder<Data> {
  private options: ServiceBusRecordOptions = {};

  constructor(private readonly data: Data) {}

  /** The session that the message belongs to. */
  setSessionId(sessionId: string): this {
    return this.with({ sessionId });
  }

  /** Enqueues the message `delayMs` milliseconds after it is sent. */
  setDelayMs(delayMs: number): this {
    checkDuration('delayMs', delayMs, 0);
    return this.with({ delayMs, scheduledEnqueueTimeUtc: undefined });
  }

  /** Enqueues the message at this time. */
  setScheduledEnqueueTimeUtc(scheduledEnqueueTimeUtc: Date): this {
    if (Number.isNaN(scheduledEnqueueTimeUtc.getTime())) {
      throw new RangeError('scheduledEnqueueTimeUtc is not a valid date');
    }
    return this.with({ scheduledEnqueueTimeUtc, delayMs: undefined });
  }

  /** Sets how long the message may wait in the queue, in milliseconds. */
  setTimeToLiveMs(timeToLiveMs: number): this {
    checkDuration('timeToLiveMs', timeToLiveMs, 1);
    return this.with({ timeToLive: timeToLiveMs });
  }

  /** Adds application properties to those set before. */
  setProperties(properties: Properties): this {
    return this.with({ applicationProperties: { ...this.options.applicationProperties, ...properties } });
  }

  /** Sets the id that duplicate detection compares. Default: a random one. */
  setMessageId(messageId: string): this {
    return this.with({ messageId });
  }

  /** Sets the subject, which picks the binding's handler. Overrides the pattern's subject. */
  setSubject(subject: string): this {
    return this.with({ subject });
  }

  /** Sets the correlation id. Default for requests: the request's id. */
  setCorrelationId(correlationId: string): this {
    return this.with({ correlationId });
  }

  /** The data with its options, to be given to `send()` or `emit()`. */
  build(): ServiceBusRecord<Data> {
    return new ServiceBusRecord(this.data, this.options);
  }

  // A new object each time: records built before must not change.
  private with(options: ServiceBusRecordOptions): this {
    this.options = { ...this.options, ...options };
    return this;
  }
}
