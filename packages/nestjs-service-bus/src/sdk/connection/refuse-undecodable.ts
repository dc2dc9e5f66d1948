import { Logger } from '@nestjs/common';
import { type ServiceBusClient } from '@azure/service-bus';

import { undecodableMessage, type UndecodableMessage } from '../fast-lane/undecodable-message.js';
import { contextOf, eachConnection, type RheaConnection } from '../sdk-context.js';

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
  readonly _incomplete?: { readonly frames?: readonly Buffer[] };
  is_open(): boolean;
  add_credit?(credit: number): void;
}

/** A transfer, as a connection gets it. */
interface Transfer {
  readonly channel: number;
  readonly payload?: Buffer;
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
 * Dead-letters what rhea cannot decode on a client's links: those of injected receivers and of replies, and all where
 * the fast lane is off. rhea throws in its input loop, and ends the connection and all that is on it, at each delivery
 * of such a message anew.
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
    const count = link?.delivery_count;
    // The sequence number is in the first frame. rhea adds the last one to these, and forgets them.
    const frames = link?._incomplete?.frames;
    try {
      pass(frame);
    } catch (error) {
      // rhea counts a delivery when all of it has come, right before it decodes it.
      if (!session || !link || link.delivery_count === count) throw error;
      const { next_delivery_id: next = 0, deliveries } = session.incoming;
      const delivery = deliveries.by_id(next - 1);
      if (!delivery) throw error;
      const bytes = frames ? Buffer.concat(frames) : (frame.payload ?? Buffer.alloc(0));
      refuse(delivery, link, undecodableMessage(bytes, delivery, error));
    }
  };
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
