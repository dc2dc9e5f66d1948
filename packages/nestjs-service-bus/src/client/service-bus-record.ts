import { type ServiceBusMessage } from '@azure/service-bus';

import { type WireOptions } from '../format/payload-format.js';

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

/** What a contract says of a message, and of the replies to it. */
export type ContractWire = WireOptions & { readonly type: string };

/**
 * Data with its message's options: `ServiceBusMessageBuilder` builds it, `send()` and `emit()` accept it as data. Throws a
 * RangeError for a duration that is none.
 */
export class ServiceBusRecord<Data = unknown> {
  constructor(
    /** The payload, as it would be without a record. */
    readonly data: Data,
    /** What the message has besides. */
    readonly options: ServiceBusRecordOptions = {},
    /** @internal What its contract says of its message. */
    readonly wire?: ContractWire,
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
