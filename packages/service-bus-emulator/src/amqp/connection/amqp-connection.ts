import { type Duplex } from 'node:stream';

import {
  type Connection,
  type Container,
  type Delivery,
  type Receiver as RheaReceiver,
  type Session as RheaSession,
} from 'rhea';

import { type AmqpError } from '../amqp-error.js';
import { LinkAcceptor, type SessionParts } from './link-acceptor.js';
import { Claims, EXPIRED } from '../authorization/claims.js';
import { listenToConnection } from './connection-events.js';
import { type AmqpContext } from '../context.js';
import { limitHeartbeats, guardInput } from './guard-input.js';
import { keepRawMessages } from '../links/incoming-transfers.js';
import { Links } from '../links/links.js';
import { OutgoingDeliveries } from '../links/outgoing-deliveries.js';
import { ReplyLinks } from '../links/reply-links.js';
import { outcomes, privateConnection, privateSession } from '../rhea-private.js';
import { closeSocket } from './close-socket.js';
import { Wire } from '../wire.js';

const MAX_FRAME_BYTES = 65_536;
const CHANNEL_MAX = 4_999;
const IDLE_TIMEOUT_MS = 120_000;

/** One client's connection: its sessions and links, what it may do, and its end. */
export class AmqpConnection {
  readonly #connection: Connection;
  readonly #wire: Wire;
  readonly #sessions = new Map<RheaSession, SessionParts>();
  readonly #links = new Links();
  readonly #claims: Claims;
  readonly #attaching: LinkAcceptor;
  #opened = false;
  #isGone = false;
  #isSilent = false;

  constructor(
    container: Container,
    private readonly socket: Duplex,
    private readonly context: AmqpContext,
    limits: { maxLinks: number },
    private readonly closed: () => void,
  ) {
    // Of a container's options, those of the open frame do not reach the connections that it accepts.
    this.#connection = container.create_connection({
      max_frame_size: MAX_FRAME_BYTES,
      channel_max: CHANNEL_MAX,
      idle_time_out: IDLE_TIMEOUT_MS,
    } as never);
    this.#wire = new Wire(socket, () => privateConnection(this.#connection)._register());
    this.#claims = new Claims(context.authorizer, () => this.#claimsEnded());
    this.#attaching = new LinkAcceptor(this.#links, this.#claims, context, limits.maxLinks);
    this.#listen();
    this.#guard();
    privateConnection(this.#connection).accept(socket);
    context.faults.silences.connectionOpened(this);
  }

  get opened(): boolean {
    return this.#opened;
  }

  /** Ends the connection with an error that the client is told. */
  close(error: AmqpError): void {
    this.#connection.close(error);
    privateConnection(this.#connection)._process();
    this.socket.end();
    this.#gone();
  }

  /** [fault] Takes nothing in and lets nothing out from now on. */
  silence(): void {
    this.#isSilent = true;
    this.socket.cork();
  }

  /** Cuts the connection without a word. */
  drop(): void {
    this.socket.destroy();
    this.#gone();
  }

  /** Detaches the links that receive from or send to this address; returns how many there were. */
  detachLinks(address: string, error: AmqpError): number {
    const { receivers, senders } = this.#links;
    const key = address.toLowerCase();
    return this.#links.detach([receivers, senders], error, (other) => other.toLowerCase() === key);
  }

  /** Forgets what the client has proved, as if its tokens had run out, and detaches its links. */
  expireTokens(): void {
    this.#claims.clear();
    this.#claimsEnded();
  }

  // [Service Bus: a link is detached when the token that it was attached with runs out and no other takes over]
  #claimsEnded(): void {
    const { receivers, senders, requests } = this.#links;
    this.#links.detach(
      [receivers, senders, requests],
      EXPIRED,
      (address) => address !== '' && !this.#mayUse(address),
    );
  }

  #mayUse(address: string): boolean {
    try {
      this.#claims.authorize(address);
      return true;
    } catch {
      return false;
    }
  }

  #guard(): void {
    guardInput(this.#connection, {
      maxFrameSize: MAX_FRAME_BYTES,
      admit: () => {
        if (this.#isGone || this.#isSilent) return false;
        this.#wire.gather(this.#opened);
        return true;
      },
      refuse: (description) => this.close({ condition: 'amqp:connection:framing-error', description }),
    });
  }

  #listen(): void {
    const links = this.#links;
    listenToConnection(this.#connection, {
      opened: () => {
        this.#opened = true;
        limitHeartbeats(this.#connection);
      },
      sessionOpened: (session) => this.#sessionOpened(session),
      sessionClosed: (session) => this.#sessionClosed(session),
      senderAttached: (link) => this.#attaching.sender(link),
      receiverAttached: (link) => {
        const parts = this.#sessions.get(link.session);
        if (parts) this.#attaching.receiver(link, parts);
      },
      flowed: (link) => (links.receivers.get(link) ?? links.replies.get(link))?.flow(),
      received: (link, bytes, format, delivery) => this.#received(link, bytes, format, delivery),
      linkClosed: (link) => links.closed(link),
      gone: () => this.#gone(),
    });
    this.socket.on('close', () => this.#gone());
  }

  #sessionOpened(session: RheaSession): void {
    // [AMQP 2.7.1] channel-max is binding, and rhea does not see to it.
    if (this.#sessions.size > CHANNEL_MAX) {
      const description = `A connection may have ${CHANNEL_MAX + 1} sessions.`;
      return this.close({ condition: 'amqp:connection:framing-error', description });
    }
    const { senders, requests } = this.#links;
    const deliveries = new OutgoingDeliveries(session, this.#wire, this.#connection);
    const replies = new ReplyLinks();
    privateSession(session).outgoing = deliveries;
    keepRawMessages(session, (link) => (senders.get(link) ?? requests.get(link))?.maxMessageBytes ?? 0);
    this.#sessions.set(session, { deliveries, replies });
    this.#links.sessionOpened(session, replies);
  }

  #received(link: RheaReceiver, bytes: Buffer, format: number | undefined, delivery: Delivery): void {
    const sender = this.#links.senders.get(link);
    if (sender) return sender.receive(bytes, format, delivery);
    const requests = this.#links.requests.get(link);
    const replies = this.#sessions.get(link.session)?.replies;
    if (!requests || !replies) return delivery.update(true, outcomes.released().described());
    delivery.update(true, outcomes.accepted().described());
    try {
      requests.receive(bytes, replies);
    } catch (error) {
      const description = error instanceof Error ? error.message : String(error);
      this.close({ condition: 'amqp:decode-error', description });
    }
  }

  #sessionClosed(session: RheaSession): void {
    this.#links.sessionClosed(session);
    this.#sessions.delete(session);
  }

  #gone(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.context.faults.silences.connectionClosed(this);
    this.#claims.clear();
    for (const session of [...this.#sessions.keys()]) this.#sessionClosed(session);
    closeSocket(this.socket, this.#connection);
    this.closed();
  }
}
