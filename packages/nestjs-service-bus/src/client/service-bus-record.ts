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

/** Data with options of its message, a RangeError for durations that are none: `ServiceBusMessageBuilder` makes it, `send()` and `emit()` take it as data. */
export class ServiceBusRecord<Data = unknown> {
  constructor(
    readonly data: Data,
    readonly options: ServiceBusRecordOptions = {},
  ) {
    const { delayMs, timeToLive, scheduledEnqueueTimeUtc } = options;
    if (delayMs !== undefined) checkDuration('delayMs', delayMs, 0);
    if (timeToLive !== undefined) checkDuration('timeToLiveMs', timeToLive, 1);
    if (scheduledEnqueueTimeUtc !== undefined && !(scheduledEnqueueTimeUtc.getTime() >= 0)) {
      throw new RangeError('scheduledEnqueueTimeUtc is not a valid date');
    }
  }
}

/** Throws a RangeError for what is no number of milliseconds from `min` on. */
export function checkDuration(name: string, value: number, min: number): void {
  if (Number.isFinite(value) && value >= min) return;
  throw new RangeError(`${name} is ${String(value)}, allowed is a number from ${min}`);
}
