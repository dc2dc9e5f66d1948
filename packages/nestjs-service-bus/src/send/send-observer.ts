import { type ServiceBusSender } from '@azure/service-bus';

/** What the SDK's sender accepts: one message, an array, or a batch. */
export type Sendable = Parameters<ServiceBusSender['sendMessages']>[0];

/** Traces sends. */
export interface SendTracer {
  /** Runs a caller's send; the message passed to `work` carries the trace. */
  send<Message extends Sendable, Result>(
    message: Message,
    work: (traced: Message) => Promise<Result>,
  ): Promise<Result>;
}

/** Counts and times transfers, each of which may carry many messages. */
export interface TransferMeter {
  transfer(messages: Sendable, work: () => Promise<void>): Promise<void>;
}

/** Observes the sends to one destination without changing them; telemetry implements it. */
export interface SendObserver {
  readonly tracer: SendTracer | undefined;
  readonly meter: TransferMeter | undefined;
}

/** Returns a destination's observer; undefined when metrics and traces are off. */
export interface SendObservers {
  forSender(entity: string): SendObserver | undefined;
}
