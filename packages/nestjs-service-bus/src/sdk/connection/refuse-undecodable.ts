import { Logger } from '@nestjs/common';
import { type ServiceBusClient } from '@azure/service-bus';
import { MessageFormat } from '@nestjs-service-bus/amqp-message';

import { isOnFastLane } from '../fast-lane/fast-link.js';
import { partsOf } from '../fast-lane/typed-body.js';
import { undecodableMessage, type UndecodableMessage } from '../fast-lane/undecodable-message.js';
import { contextOf, eachConnection, type RheaConnection } from '../sdk-context.js';

const NOTHING = Buffer.alloc(0);
/** A type that AMQP does not have. */
const UNREADABLE = Buffer.of(0xff);
const REASON = 'UndecodableMessage';
const logger = new Logger('ServiceBusConnection');

/** A delivery of rhea's own, as far as its refusal concerns it. */
interface RheaDelivery {
  readonly tag?: Buffer;
  readonly incomplete?: boolean;
  readonly settled: boolean;
  readonly remote_settled: boolean;
  reject(error: object): void;
  modified(fields: object): void;
}

/** The link that a transfer has come on. */
interface RheaLink {
  readonly delivery_count: number;
  readonly drain?: boolean;
  readonly source?: { readonly address?: string };
  /** A delivery of which frames are still to come. */
  readonly _incomplete?: { readonly frames?: Buffer[]; readonly format?: number };
  is_open(): boolean;
  dispatch: (event: string, context: { message?: object }) => unknown;
  add_credit?(credit: number): void;
}

/** A transfer, as a connection gets it. */
interface Transfer {
  readonly channel: number;
  readonly performative: { readonly more?: boolean; readonly message_format?: number };
  payload?: Buffer;
}

interface RheaSession {
  readonly incoming: {
    readonly next_delivery_id?: number;
    readonly deliveries: { by_id(id: number): RheaDelivery | undefined };
  };
  _get_link(frame: Transfer): RheaLink | undefined;
}

type TransferConnection = RheaConnection & {
  readonly remote_channel_map?: Readonly<Record<number, RheaSession>>;
  on_transfer?(frame: Transfer): void;
};

/**
 * Reads bodies of AMQP's own types for rhea, and dead-letters what cannot be decoded, on a client's links: those of
 * injected receivers and of replies, and all where the fast lane is off. rhea throws in its input loop, and ends the
 * connection and all that is on it, at each delivery of such a message anew.
 */
export function refuseUndecodable(client: ServiceBusClient): void {
  const context = contextOf(client);
  if (context) eachConnection(context, guard);
}

function guard(connection: TransferConnection): void {
  const pass = connection.on_transfer?.bind(connection);
  if (!pass) return;
  connection.on_transfer = (frame) => {
    const session = connection.remote_channel_map?.[frame.channel];
    const link = session?._get_link(frame);
    if (!session || !link || isOnFastLane(session) || !endsMessage(frame, link)) return pass(frame);
    passMessage(frame, session, link, pass);
  };
}

/** Nodes of the broker's own answer in values, which the SDK reads as rhea does. */
function endsMessage({ performative }: Transfer, { source, _incomplete: begun }: RheaLink): boolean {
  const format = begun?.format ?? performative.message_format ?? MessageFormat.plain;
  const isOfEntity = !/\$(?:cbs|management)$/i.test(source?.address ?? '$cbs');
  return !performative.more && format === MessageFormat.plain && isOfEntity;
}

function passMessage(
  frame: Transfer,
  session: RheaSession,
  link: RheaLink,
  pass: (frame: Transfer) => void,
): void {
  const { delivery_count: count, dispatch } = link;
  // rhea adds the last frame to these.
  const frames = link._incomplete?.frames ?? [];
  const bytes = Buffer.concat([...frames, frame.payload ?? NOTHING]);
  const { forRhea, body, problem } = readParts(bytes);
  frames.length = 0;
  frame.payload = forRhea;
  if (body) {
    link.dispatch = (event, context) => {
      if (event === 'message') Object.assign(context.message ?? {}, { body });
      return dispatch.call(link, event, context);
    };
  }
  try {
    pass(frame);
  } catch (error) {
    // rhea counts a delivery when all of it has come, right before it decodes it.
    const delivery = session.incoming.deliveries.by_id((session.incoming.next_delivery_id ?? 0) - 1);
    if (link.delivery_count === count || !delivery) throw error;
    refuse(delivery, link, undecodableMessage(bytes, delivery, problem ?? error));
  } finally {
    link.dispatch = dispatch;
  }
}

/** What cannot be read rhea shall not read either: it does all the rest for a delivery before it fails at this. */
function readParts(bytes: Buffer): ReturnType<typeof partsOf> & { problem?: unknown } {
  try {
    return partsOf(bytes);
  } catch (problem) {
    return { forRhea: UNREADABLE, body: undefined, problem };
  }
}

function refuse(delivery: RheaDelivery, link: RheaLink, message: UndecodableMessage): void {
  const { sequenceNumber, whyUndecodable: cause } = message;
  const from = link.source?.address ?? 'unknown';
  try {
    logger.error(`${from}: message #${sequenceNumber?.toString()} is dead-lettered: ${REASON}: ${cause}`);
  } catch {
    // The application's own logger: what it throws must not end the connection either.
  }
  // Alone in its turn: rhea would let it share the outcome of its neighbour (see settleAlone).
  setImmediate(() => {
    if (!link.is_open()) return;
    if (!delivery.settled && !delivery.remote_settled) end(delivery, from, cause);
    // Its credit: nobody else knows that it came.
    if (!link.drain) link.add_credit?.(1);
  });
}

function end(delivery: RheaDelivery, from: string, cause: string): void {
  // [Service Bus] Nothing can be dead-lettered from a dead-letter queue: there it is deferred.
  if (/\/\$deadletterqueue$/i.test(from)) return delivery.modified({ undeliverable_here: true });
  delivery.reject({
    condition: 'com.microsoft:dead-letter',
    info: { DeadLetterReason: REASON, DeadLetterErrorDescription: cause.slice(0, 1_024) },
  });
}
