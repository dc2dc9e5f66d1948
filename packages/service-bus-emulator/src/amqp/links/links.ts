import { type link as Link, type Sender as RheaSender, type Session as RheaSession } from 'rhea';

import { type AmqpError } from '../amqp-error.js';
import { type ReceiverLink } from './receiver-link.js';
import { type ReplyLink, type ReplyLinks } from './reply-links.js';
import { type RequestLink } from './request-link.js';
import { type SenderLink } from './sender-link.js';

interface AddressedLink {
  readonly address: string;
}

/** The open links of one connection. */
export class Links {
  readonly receivers = new Map<Link, ReceiverLink>();
  readonly senders = new Map<Link, SenderLink>();
  /** The sending halves of request-response links. */
  readonly requests = new Map<Link, RequestLink>();
  /** Their receiving halves. */
  readonly replies = new Map<Link, ReplyLink>();
  readonly #replyNames = new Map<RheaSession, ReplyLinks>();

  get count(): number {
    return this.receivers.size + this.senders.size + this.requests.size + this.replies.size;
  }

  /** How many links there are on entities; those for tokens do not count. */
  get onEntities(): number {
    let requests = 0;
    for (const { address } of this.requests.values()) if (address !== '') requests += 1;
    return this.receivers.size + this.senders.size + requests;
  }

  /**
   * Detaches the links on which nothing has happened for so long; returns since when, in Unix time in milliseconds,
   * nothing has happened on the one that comes next, Infinity if there is none.
   */
  detachIdle(nowMs: number, maxIdleMs: number, errorOf: (link: Link) => AmqpError): number {
    let nextSinceMs = Infinity;
    for (const links of [this.senders, this.receivers]) {
      for (const [link, { idleSinceMs }] of links) {
        if (idleSinceMs + maxIdleMs > nowMs) {
          nextSinceMs = Math.min(nextSinceMs, idleSinceMs);
          continue;
        }
        link.close(errorOf(link));
        this.closed(link);
      }
    }
    return nextSinceMs;
  }

  sessionOpened(session: RheaSession, replies: ReplyLinks): void {
    this.#replyNames.set(session, replies);
  }

  sessionClosed(session: RheaSession): void {
    for (const links of [this.receivers, this.senders, this.requests, this.replies]) {
      for (const link of links.keys()) if (link.session === session) this.closed(link);
    }
    this.#replyNames.delete(session);
  }

  closed(link: Link): void {
    this.receivers.get(link)?.closed();
    this.receivers.delete(link);
    this.senders.delete(link);
    this.requests.delete(link);
    this.replies.get(link)?.closed();
    if (this.replies.delete(link)) this.#replyNames.get(link.session)?.remove(link as RheaSender);
  }

  /** Detaches the links with a chosen address; returns how many there were. */
  detach(
    kinds: readonly Map<Link, AddressedLink>[],
    error: AmqpError,
    chosen: (address: string) => boolean,
  ): number {
    let detached = 0;
    for (const links of kinds) {
      for (const [link, { address }] of links) {
        if (!chosen(address)) continue;
        link.close(error);
        this.closed(link);
        detached += 1;
      }
    }
    return detached;
  }
}
