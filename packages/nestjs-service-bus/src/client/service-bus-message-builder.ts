import { type ServiceBusMessage } from '@azure/service-bus';

import { checkDuration, ServiceBusRecord, type ServiceBusRecordOptions } from './service-bus-record.js';

type Properties = NonNullable<ServiceBusMessage['applicationProperties']>;

/**
 * Gives one message options of its own:
 * `client.emit('counter', new ServiceBusMessageBuilder(data).setSessionId('a').setDelayMs(500).build())`.
 */
export class ServiceBusMessageBuilder<Data> {
  private options: ServiceBusRecordOptions = {};

  constructor(private readonly data: Data) {}

  setSessionId(sessionId: string): this {
    return this.with({ sessionId });
  }

  /** The message appears in the queue after `delayMs`, counted from when it is sent. */
  setDelayMs(delayMs: number): this {
    checkDuration('delayMs', delayMs, 0);
    return this.with({ delayMs, scheduledEnqueueTimeUtc: undefined });
  }

  /** The message appears in the queue at that time. */
  setScheduledEnqueueTimeUtc(scheduledEnqueueTimeUtc: Date): this {
    if (Number.isNaN(scheduledEnqueueTimeUtc.getTime())) {
      throw new RangeError('scheduledEnqueueTimeUtc is not a valid date');
    }
    return this.with({ scheduledEnqueueTimeUtc, delayMs: undefined });
  }

  /** How long the message may wait in the queue, in milliseconds. */
  setTimeToLiveMs(timeToLiveMs: number): this {
    checkDuration('timeToLiveMs', timeToLiveMs, 1);
    return this.with({ timeToLive: timeToLiveMs });
  }

  /** Application properties, on top of those that were set before. */
  setProperties(properties: Properties): this {
    return this.with({ applicationProperties: { ...this.options.applicationProperties, ...properties } });
  }

  /** Default: a random one. Duplicate detection goes by it. */
  setMessageId(messageId: string): this {
    return this.with({ messageId });
  }

  /** Picks the handler of the binding; it goes before the pattern's subject. */
  setSubject(subject: string): this {
    return this.with({ subject });
  }

  /** Default for requests: the request's id. */
  setCorrelationId(correlationId: string): this {
    return this.with({ correlationId });
  }

  build(): ServiceBusRecord<Data> {
    return new ServiceBusRecord(this.data, this.options);
  }

  // A new object each time: what was built before stays as it was.
  private with(options: ServiceBusRecordOptions): this {
    this.options = { ...this.options, ...options };
    return this;
  }
}
