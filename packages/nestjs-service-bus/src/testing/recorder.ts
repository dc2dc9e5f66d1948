import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { type AcceptedMessage } from 'service-bus-emulator';

import { type Binding } from '../binding/binding.js';
import { type Delivery } from '../delivery/delivery.js';
import { messageIdentity, ORIGINAL_MESSAGE_ID } from '../delivery/message-identity.js';
import { type Settlement } from '../delivery/settlement.js';
import { type MessageObserver } from '../message/binding-runtime.js';
import { decode } from '../format/decode.js';
import { type Outcome } from '../message/outcome.js';
import { entryOf, startRecording } from './recording.js';

/** A message that the application has sent: a result, or by a sender or a client. */
export interface SentMessage {
  /** The queue or topic. */
  readonly to: string;
  /** The body as the JavaScript SDK returns it: JSON is parsed, other bytes are a Buffer. */
  readonly body: unknown;
  /** As the sender gave it. */
  readonly messageId: string;
  /** Undefined for a message without a session. */
  readonly sessionId: string | undefined;
  /** The subject, called label by older SDKs; undefined if it has none. */
  readonly subject: string | undefined;
  /** Undefined if it has none. */
  readonly correlationId: string | undefined;
  /** The MIME type of the body, undefined if it has none; assertions print it only where they ask for it. */
  readonly contentType: string | undefined;
  /** The properties that the sender has added. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** When it becomes active, where the sender asked for a time. */
  readonly scheduledFor: Date | undefined;
  /** The name of the connection with its namespace; not set for the one without. */
  readonly connection?: string;
}

/** A message that came to a handler, and what became of it. */
export interface HandledMessage {
  /** The queue, or `topic/Subscriptions/subscription`, that it came from. */
  readonly from: string;
  /** The binding's pattern. */
  readonly pattern: string;
  /** The name of the binding's connection; not set for the one without. */
  readonly connection?: string;
  /** The payload; of a message that cannot be decoded, its bytes. */
  readonly body: unknown;
  /** As the sender gave it. */
  readonly messageId: string | undefined;
  /** The number of the attempt, 1 for the first. */
  readonly attempt: number;
  /** The message as the SDK received it; assertions neither print nor compare it. */
  readonly message: ServiceBusReceivedMessage;
}

/** A message that is tried again. */
export interface RetriedMessage extends HandledMessage {
  /** How long it waits for its next attempt, in milliseconds. */
  readonly delayMs: number;
  /** What its handler has thrown. */
  readonly error: unknown;
}

/** A message that a handler's failure, or the handler itself, has dead-lettered. */
export interface DeadLetteredMessage extends HandledMessage {
  /** The dead letter's reason: the error's name, or what was given. */
  readonly reason: string;
  /** The dead letter's description: message and stack, or what was given. */
  readonly description: string;
}

/** What a binding has in hand at this moment. */
export interface InHand {
  /** Messages that have come and are not settled, by their numbers: the latest delivery of each. */
  readonly received: Map<string, Delivery>;
  /** Those of them that are on their way, from decoding to settlement. */
  readonly running: Set<Delivery>;
  /** Those whose handler has ended. */
  readonly handled: Set<Delivery>;
  /** Those that wait here for another attempt, with their locks held. */
  readonly retrying: Set<Delivery>;
}

/** Sees what an application sends and what becomes of the messages that it receives. */
export class Recorder {
  readonly sent = startRecording<SentMessage>('sent');
  readonly completed = startRecording<HandledMessage>('completed');
  readonly retried = startRecording<RetriedMessage>('retried');
  readonly deferred = startRecording<HandledMessage>('deferred');
  readonly deadLettered = startRecording<DeadLetteredMessage>('dead-lettered');
  /** Of the application, once it receives. */
  readonly bindings: Binding[] = [];
  /** What the bindings have in hand, by their patterns. */
  private readonly hands = new Map<string, InHand>();
  private readonly own = new Set<string>();
  /** Messages whose copy waits at the broker for the next attempt, by their identity. */
  private readonly copied = new Set<unknown>();

  /** The testbed is about to send this message: it is not the application's. */
  sending(messageId: string): void {
    this.own.add(messageId);
  }

  accepted(message: AcceptedMessage, connection?: string): void {
    if (this.own.delete(message.messageId)) return;
    const { applicationProperties: properties } = message;
    // A retry's copy is the same message once more.
    const original = properties[ORIGINAL_MESSAGE_ID];
    if (original !== undefined) return void this.copied.add(original);
    const sent: SentMessage = {
      to: message.entity,
      body: message.body,
      messageId: message.messageId,
      sessionId: message.sessionId,
      subject: textOf(message.subject),
      correlationId: textOf(message.correlationId),
      contentType: textOf(message.contentType),
      properties,
      scheduledFor: message.scheduledFor,
      ...(connection !== undefined && { connection }),
    };
    const hasProperties = Object.keys(properties).length > 0;
    this.sent.push(hasProperties ? entryOf(sent, 'contentType') : entryOf(sent, 'contentType', 'properties'));
  }

  inHand(pattern: string): InHand {
    let hand = this.hands.get(pattern);
    if (!hand) {
      hand = { received: new Map(), running: new Set(), handled: new Set(), retrying: new Set() };
      this.hands.set(pattern, hand);
    }
    return hand;
  }

  clear(): void {
    for (const recording of [this.sent, this.completed, this.retried, this.deferred, this.deadLettered]) {
      recording.clear();
    }
  }

  readonly observerOf = (binding: Binding): MessageObserver => {
    this.bindings.push(binding);
    const { pattern, entityPath, connection } = binding;
    const describe = (delivery: Delivery): HandledMessage => ({
      from: entityPath,
      pattern,
      ...(connection !== undefined && { connection }),
      body: payloadOf(delivery, binding),
      messageId: textOf(delivery.message.messageId),
      attempt: delivery.attempt,
      message: delivery.message,
    });
    const hand = this.inHand(pattern);
    const completed = new Set<Delivery>();
    const observer: MessageObserver = {
      received: (delivery) => {
        delivery.observer = observer;
        hand.received.set(String(delivery.message.sequenceNumber), delivery);
      },
      lockLost: () => undefined,
      process: async (delivery, work) => {
        hand.running.add(delivery);
        const { onHandled } = delivery;
        delivery.onHandled = () => {
          hand.handled.add(delivery);
          onHandled?.();
        };
        try {
          const outcome = await work();
          if (outcome?.kind === 'retry') this.retries(delivery, outcome, describe(delivery), hand);
          const isCompleted = completed.delete(delivery);
          // A message whose copy has taken its place is not done.
          const isCopied = this.copied.delete(messageIdentity(delivery.message, entityPath));
          if (isCompleted && !isCopied) this.completed.push(entryOf(describe(delivery), 'message'));
          return outcome;
        } finally {
          hand.running.delete(delivery);
          hand.handled.delete(delivery);
        }
      },
      settle: async (delivery, settlement, work) => {
        await work();
        hand.retrying.delete(delivery);
        if (delivery.state !== 'settled') return;
        const number = String(delivery.message.sequenceNumber);
        if (hand.received.get(number) === delivery) hand.received.delete(number);
        if (settlement.kind === 'complete') completed.add(delivery);
        else this.settled(describe(delivery), settlement);
      },
    };
    return observer;
  };

  private retries(
    delivery: Delivery,
    { delayMs, error }: Extract<Outcome, { kind: 'retry' }>,
    handled: HandledMessage,
    { retrying }: InHand,
  ): void {
    this.retried.push(entryOf({ ...handled, delayMs, error }, 'message'));
    if (delivery.state === 'open') retrying.add(delivery);
  }

  private settled(handled: HandledMessage, settlement: Settlement): void {
    if (settlement.kind === 'defer') this.deferred.push(entryOf(handled, 'message'));
    if (settlement.kind !== 'dead-letter') return;
    const { reason, description } = settlement;
    this.deadLettered.push(entryOf({ ...handled, reason, description }, 'message'));
  }
}

/** A message whose work was done before is completed as it has come, for no handler needs to read it. */
function payloadOf({ message }: Delivery, binding: Binding): unknown {
  const body: unknown = message.body;
  if (!Buffer.isBuffer(body) || !binding.decode) return body;
  try {
    return decode(message);
  } catch {
    return body;
  }
}

function textOf(
  value: string | number | boolean | bigint | Date | Uint8Array | null | undefined,
): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}
