import { type ServiceBusSender } from '@azure/service-bus';

/** What the SDK's sender takes: one message, several, or a batch. */
export type Sendable = Parameters<ServiceBusSender['sendMessages']>[0];

/** Traces sends. */
export interface SendTracer {
  /** Runs a caller's send; the message that it hands to `work` carries the trace. */
  send<Message extends Sendable, Result>(
    message: Message,
    work: (traced: Message) => Promise<Result>,
  ): Promise<Result>;
}

/** Counts and times transfers, each of which may carry many messages. */
export interface TransferMeter {
  transfer(messages: Sendable, work: () => Promise<void>): Promise<void>;
}

/** Watches the sends to one destination and changes nothing about them: telemetry implements it. */
export interface SendObserver {
  readonly tracer: SendTracer | undefined;
  readonly meter: TransferMeter | undefined;
}

/** Gives each destination its observer; undefined where nobody measures or traces. */
export interface SendObservers {
  forSender(entity: string): SendObserver | undefined;
}
