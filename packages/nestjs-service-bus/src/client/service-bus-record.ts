import { type ServiceBusMessage } from '@azure/service-bus';

/** What a message may have besides its body. */
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
  /** Counted from the moment at which the message is sent. */
  readonly delayMs?: number;
};

/** Data with options of its message: `ServiceBusMessageBuilder` makes it, `send()` and `emit()` take it as data. */
export class ServiceBusRecord<Data = unknown> {
  constructor(
    /** The payload, as it would be without a record. */
    readonly data: Data,
    /** What the message has besides. */
    readonly options: ServiceBusRecordOptions = {},
  ) {}
}
