import { type ServiceBusReceivedMessage } from '@azure/service-bus';

/** What the envelope of a message says about its handling. */
export interface EnvelopeRouting {
  /** What picks the handler where the message itself has no subject: the first that a handler is for. */
  readonly subjects?: readonly string[];
  /** Where results go where the message itself says nothing of it, and `allowReplyTo` allows it: a queue or topic. */
  readonly replyTo?: string | undefined;
}

/** What a format returns for a message whose body holds more than the payload. */
export class OpenedEnvelope {
  constructor(
    /** What the handler takes. */
    readonly payload: unknown,
    /** What the message says besides; `envelopeOf` gives it. */
    readonly envelope: object,
    /** What it says about its handling. */
    readonly routing: EnvelopeRouting = {},
  ) {}
}

const opened = new WeakMap<object, OpenedEnvelope>();

/** Keeps what a message's envelope says, for as long as the message is there. */
export function keepEnvelope(message: ServiceBusReceivedMessage, envelope: OpenedEnvelope): void {
  opened.set(message, envelope);
  const { replyTo } = envelope.routing;
  // Copies for a retry are made of what has come, and not of this.
  if (replyTo !== undefined && message.replyTo === undefined) message.replyTo = replyTo;
}

/** Returns what the envelope of a message in work says besides its payload; undefined for one that had none. */
export function envelopeOf(message: ServiceBusReceivedMessage): object | undefined {
  return opened.get(message)?.envelope;
}

/** What picks the handler of a message: its subject, or else what its envelope says. */
export function subjectOf(
  message: ServiceBusReceivedMessage,
  isKnown: (subject: string) => boolean,
): string | undefined {
  if (message.subject !== undefined) return message.subject;
  const subjects = opened.get(message)?.routing.subjects ?? [];
  return subjects.find(isKnown) ?? subjects[0];
}
