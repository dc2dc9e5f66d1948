import { type ServiceBusReceivedMessage } from '@azure/service-bus';

import { type OutgoingMessage, type SerializedPayload } from './payload-format.js';

/** What the envelope of a message says about its handling. */
export interface EnvelopeRouting {
  /** What picks the handler where the message itself has no subject: the first that a handler is for. */
  readonly subjects?: readonly string[];
  /** Where results go where the message itself says nothing of it, and `allowReplyTo` allows it: a queue or topic. */
  readonly replyTo?: string | undefined;
  /** Which request it answers, where the message itself does not say it. */
  readonly requestId?: string | undefined;
  /** The error that its request has failed with, where it tells of one: the requester's `send()` fails with it. */
  readonly error?: RequestError | undefined;
  /** Who is told when the message has failed for good, where it is no request of this package's. */
  readonly failure?: FailureRouting | undefined;
}

/** What a requester learns of an error. */
export interface RequestError {
  /** Its kind: the reason of the dead letter, where it is one. */
  readonly reason: string;
  /** What is wrong. */
  readonly message: string;
}

/** Who is told of a failure, and how. */
export interface FailureRouting {
  /** A queue or topic; the binding's `allowReplyTo` has to allow it. */
  readonly replyTo: string;
  /** Returns the body that tells of it, or a promise of it. */
  serialize(
    error: RequestError,
    about: OutgoingMessage,
  ): string | Uint8Array | SerializedPayload | Promise<string | Uint8Array | SerializedPayload>;
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

/** What the envelope of a message in work says about its handling; undefined for one that had none. */
export function routingOf(message: ServiceBusReceivedMessage): EnvelopeRouting | undefined {
  return opened.get(message)?.routing;
}
