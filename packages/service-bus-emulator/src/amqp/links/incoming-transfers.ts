import { MessageFormat } from '@nestjs-service-bus/amqp-message';
import { type link as Link, type Session } from 'rhea';

import { privateLink, privateSession, type TransferFrame } from '../rhea-private.js';

/** The message format under which rhea hands over a single message; a batch keeps its own. */
const RAW_MESSAGE = 1;

/** Replaces the bytes of a message that is too large. */
const OVERSIZE = Buffer.alloc(0);
const oversized = new WeakSet<object>();

/** What a frame takes besides its payload, so that empty ones are not for nothing. */
const FRAME_BYTES = 64;

/** The memory of the transfers that a client has begun. */
export interface TransferMemory {
  /** The connection has ended: frames that still come are for nobody. */
  readonly isEnded: boolean;
  /** False if there is none left: the connection must end. */
  take(bytes: number): boolean;
  give(bytes: number): void;
}

/** What a link has begun and not completed. */
interface Begun {
  /** Of the message so far, whether or not they are kept. */
  readonly bytes: number;
  /** Taken from the memory. */
  readonly taken: number;
}

/** The transfers that come in on one session. */
export interface IncomingTransfers {
  /** The client has ended a link: drops and gives back what it has begun there. */
  linkEnded(link: Link): void;
  /** The session has ended, and what was begun on it with it. */
  sessionEnded(): void;
}

/**
 * Makes rhea hand over each message's original bytes (it would decode format 0 and discard the bytes), and keeps a
 * message of many frames from exceeding its link's limit while it is assembled. What is begun takes from `memory`,
 * until it is complete, or its link, its session or the connection ends. Calls `refused`, which has to end the
 * connection, if that has none left.
 */
export function keepRawMessages(
  session: Session,
  maxMessageBytesOf: (link: Link) => number,
  memory: TransferMemory,
  refused: () => void,
): IncomingTransfers {
  const target = privateSession(session);
  const original = target.on_transfer.bind(target);
  const begun = new Map<Link, Begun>();
  let isEnded = false;
  const give = (link: Link): void => {
    memory.give(begun.get(link)?.taken ?? 0);
    begun.delete(link);
  };

  target.on_transfer = (frame: TransferFrame): void => {
    if (isEnded || memory.isEnded) return;
    const { performative } = frame;
    const link = target._get_link(frame);
    const { bytes: before, taken } = begun.get(link) ?? { bytes: 0, taken: 0 };
    if (performative.message_format !== MessageFormat.batch) performative.message_format = RAW_MESSAGE;

    const bytes = before + (frame.payload?.length ?? 0);
    const isTooLarge = bytes > maxMessageBytesOf(link);
    if (isTooLarge) frame.payload = OVERSIZE;
    else frame.payload ??= OVERSIZE;
    if (performative.more === true) {
      const held = frame.payload.length + FRAME_BYTES;
      if (!memory.take(held)) return refused();
      begun.set(link, { bytes, taken: taken + held });
    } else {
      give(link);
      if (isTooLarge) oversized.add(link);
    }
    original(frame);
  };

  return {
    linkEnded: (link) => {
      // rhea would keep it until every earlier delivery of the session is settled.
      const incoming = privateLink(link);
      if (incoming._incomplete) incoming._incomplete.frames = [];
      incoming._incomplete = undefined;
      give(link);
    },
    sessionEnded: () => {
      isEnded = true;
      for (const link of begun.keys()) give(link);
    },
  };
}

/** Tells, once, whether the message that this link has just handed over was discarded because of its size. */
export function wasOversized(link: object): boolean {
  return oversized.delete(link);
}
