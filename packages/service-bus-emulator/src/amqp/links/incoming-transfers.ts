import { MessageFormat } from '@nestjs-service-bus/amqp-message';
import { type link as Link, type Session } from 'rhea';

import { privateSession, type TransferFrame } from '../rhea-private.js';

/** The message format under which rhea hands over a single message; a batch keeps its own. */
const RAW_MESSAGE = 1;

/** Replaces the bytes of a message that is too large. */
const OVERSIZE = Buffer.alloc(0);
const oversized = new WeakSet<object>();

/** What a frame takes besides its payload, so that empty ones are not for nothing. */
const FRAME_BYTES = 64;

/** The memory of the transfers that a client has begun. */
export interface TransferMemory {
  /** False if there is none left: the connection must end. */
  take(bytes: number): boolean;
  give(bytes: number): void;
}

/**
 * Makes rhea hand over each message's original bytes (it would decode format 0 and discard the bytes), and keeps a
 * message of many frames from exceeding its link's limit while it is assembled. What is begun takes from `memory`,
 * until it is complete or the connection ends: rhea keeps it when the link is detached. Calls `refused` if that has
 * none left.
 */
export function keepRawMessages(
  session: Session,
  maxMessageBytesOf: (link: Link) => number,
  memory: TransferMemory,
  refused: () => void,
): void {
  const target = privateSession(session);
  const original = target.on_transfer.bind(target);
  const received = new WeakMap<object, number>();
  const taken = new WeakMap<object, number>();

  target.on_transfer = (frame: TransferFrame): void => {
    const { performative } = frame;
    const link = target._get_link(frame);
    const continued = received.get(link);
    if (performative.message_format !== MessageFormat.batch) performative.message_format = RAW_MESSAGE;

    const bytes = (continued ?? 0) + (frame.payload?.length ?? 0);
    const isTooLarge = bytes > maxMessageBytesOf(link);
    if (isTooLarge) frame.payload = OVERSIZE;
    else frame.payload ??= OVERSIZE;
    if (performative.more === true) {
      const held = frame.payload.length + FRAME_BYTES;
      if (!memory.take(held)) return refused();
      taken.set(link, (taken.get(link) ?? 0) + held);
      received.set(link, bytes);
    } else {
      memory.give(taken.get(link) ?? 0);
      taken.delete(link);
      if (continued !== undefined) received.delete(link);
      if (isTooLarge) oversized.add(link);
    }
    original(frame);
  };
}

/** Tells, once, whether the message that this link has just handed over was discarded because of its size. */
export function wasOversized(link: object): boolean {
  return oversized.delete(link);
}
