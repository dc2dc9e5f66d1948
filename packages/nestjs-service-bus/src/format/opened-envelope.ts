import { type ServiceBusReceivedMessage } from '@azure/service-bus';

/** What a format returns for a message whose body holds more than the payload. */
export class OpenedEnvelope {
  constructor(
    /** What the handler takes. */
    readonly payload: unknown,
    /** What the message says besides; `envelopeOf` gives it. */
    readonly envelope: object,
    /** What picks the handler, where the message itself has no subject. */
    readonly subject?: string,
  ) {}
}

const opened = new WeakMap<object, OpenedEnvelope>();

/** Keeps what a message's envelope says, for as long as the message is there. */
export function keepEnvelope(message: ServiceBusReceivedMessage, envelope: OpenedEnvelope): void {
  opened.set(message, envelope);
}

/** Returns what the envelope of a message in work says besides its payload; undefined for one that had none. */
export function envelopeOf(message: ServiceBusReceivedMessage): object | undefined {
  return opened.get(message)?.envelope;
}

/** What picks the handler of a message: its subject, or else what its envelope says. */
export function subjectOf(message: ServiceBusReceivedMessage): string | undefined {
  return message.subject ?? opened.get(message)?.subject;
}
