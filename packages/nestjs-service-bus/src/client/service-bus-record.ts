import { type ServiceBusMessage } from '@azure/service-bus';

/** Options of a message besides its body. */
export type ServiceBusRecordOptions = Readonly<
  Pick<
    ServiceBusMessage,
    | 'sessionId'
    | 'scheduledEnqueueTimeUtc'
    | 'timeToLive'
    | 'applicationProperties'
    | 'messageId'
    | 'subject'
    | 'correlationId'
  >
> & {
  /** Delay in milliseconds from when the message is sent until it is enqueued. */
  readonly delayMs?: number;
};

/** Data with its message's options: `ServiceBusMessageBuilder` builds it, `send()` and `emit()` accept it as data. */
export class ServiceBusRecord<Data = unknown> {
  constructor(
    /** The payload, as it would be without a record. */
    readonly data: Data,
    /** What the message has besides. */
    readonly options: ServiceBusRecordOptions = {},
  ) {}
}
