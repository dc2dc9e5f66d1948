import { type Duplex } from 'node:stream';

import {
  type Connection,
  type Container,
  type Delivery,
  type Receiver as RheaReceiver,
  type Session as RheaSession,
} from 'rhea';

import { BrokerError } from '../../model/broker-error.js';
import { type AmqpError, toAmqpError } from '../amqp-error.js';
import { LinkAcceptor, type SessionParts } from './link-acceptor.js';
import { Claims, EXPIRED } from '../authorization/claims.js';
import { PlainMechanism } from '../authorization/plain-mechanism.js';
import { type Right } from '../authorization/right.js';
import { listenToConnection } from './connection-events.js';
import { type AmqpContext, type ConnectionContext } from '../context.js';
import { limitHeartbeats, guardInput } from './guard-input.js';
import { idleError } from './idle-error.js';
import { keepRawMessages } from '../links/incoming-transfers.js';
import { Links } from '../links/links.js';
import { OutgoingDeliveries } from '../links/outgoing-deliveries.js';
import { ReplyLinks } from '../links/reply-links.js';
import { outcomes, privateConnection, privateSession } from '../rhea-private.js';
import { writeCompleteFrames } from './complete-frames.js';
import { nameLinksByDirection } from './name-links-by-direction.js';
import { type TransferMemory, UnfinishedTransfers } from './unfinished-transfers.js';
import { toProtocolError } from './protocol-error.js';
import { closeSocket } from './close-socket.js';
import { Wire } from '../wire.js';

const MAX_FRAME_BYTES = 65_536;
const CHANNEL_MAX = 4_999;
// A client presents its first token on the first session.
const MAX_UNPROVED_SESSIONS = 20;
const IDLE_TIMEOUT_MS = 120_000;
const MINUTE_MS = 60_000;
const LINK_IDLE_MS = 10 * MINUTE_MS;
const CONNECTION_IDLE_MS = 5 * MINUTE_MS;
/** The time within which a new connection has to have a link. */
export const NEVER_LINKED_MS = MINUTE_MS;

/** One client's connection: its sessions, links and rights, and how it ends. */
export class AmqpConnection {
  readonly #connection: Connection;
  readonly #wire: Wire;
  readonly #sessions = new Map<RheaSession, SessionParts>();
  readonly #links = new Links();
  readonly #claims: Claims;
  readonly #context: ConnectionContext;
  readonly #acceptor: LinkAcceptor;
  readonly #transfers: UnfinishedTransfers;
  #host = 'localhost';
  #opened = false;
  /** Unix time in milliseconds at which it was last known to have a link, or asked for one by a token. */
  #usedAtMs: number;
  #hadLinks = false;
  #isGone = false;
  #isSilent = false;

  constructor(
    container: Container,
    private readonly socket: Duplex,
    private readonly context: AmqpContext,
    limits: { maxLinks: number; transferMemory: TransferMemory },
    private readonly closed: () => void,
  ) {
    // rhea does not pass a container's options for the open frame to the connections that it accepts.
    this.#connection = container.create_connection({
      max_frame_size: MAX_FRAME_BYTES,
      channel_max: CHANNEL_MAX,
      idle_time_out: IDLE_TIMEOUT_MS,
    } as never);
    this.#usedAtMs = context.broker.clock.now();
    this.#wire = new Wire(socket, () => privateConnection(this.#connection)._register());
    this.#claims = new Claims(context.authorizer, () => this.#claimsEnded());
    const host = (): string => this.#host;
    const shared = { ...context, claims: this.#claims };
    this.#context = Object.defineProperty(shared, 'host', { get: host }) as ConnectionContext;
    this.#transfers = new UnfinishedTransfers(limits.transferMemory, () => this.#claims.isProved);
    this.#acceptor = new LinkAcceptor(this.#links, this.#context, limits.maxLinks);
    this.#listen();
    this.#guard();
    privateConnection(this.#connection).accept(socket);
    writeCompleteFrames(this.#connection);
    context.faults.silences.connectionOpened(this);
  }

  get opened(): boolean {
    return this.#opened;
  }

  /** Closes the connection with an error for the client. */
  close(error: AmqpError): void {
    this.#connection.close(error);
    privateConnection(this.#connection)._process();
    this.socket.end();
    this.#gone();
  }

  /** [fault] Stops all traffic in both directions. */
  silence(): void {
    this.#isSilent = true;
    this.socket.cork();
  }

  /**
   * [Service Bus: a link that is not used is detached after 10 minutes, a connection without links is closed after 5,
   * or after one if it never had any] Does it where it is due; returns when, in Unix time in milliseconds, it can be
   * next.
   */
  endIdle(nowMs: number): number {
    const links = this.#links;
    const sinceMs = links.detachIdle(nowMs, LINK_IDLE_MS, (link) => idleError(link));
    this.#noteLinks();
    if (links.onEntities > 0) {
      // A link can become idle without telling anybody: it is looked at again in time.
      return Math.min(sinceMs + LINK_IDLE_MS, nowMs + LINK_IDLE_MS, nowMs + CONNECTION_IDLE_MS);
    }
    const maxIdleMs = this.#hadLinks ? CONNECTION_IDLE_MS : NEVER_LINKED_MS;
    if (this.#usedAtMs + maxIdleMs > nowMs) return this.#usedAtMs + maxIdleMs;
    // [Azure/azure-sdk-for-java#25787: the text]
    const description = `The connection was inactive for more than the allowed ${maxIdleMs} milliseconds and is closed by container 'LinkTracker'.`;
    this.close({ condition: 'amqp:connection:forced', description });
    return Infinity;
  }

  /** Cuts the connection without notice. */
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

  /** Forgets the client's rights, as if its tokens had expired, and detaches its links. */
  expireTokens(): void {
    this.#claims.clear();
    this.#claimsEnded();
  }

  // [Service Bus: a link is detached when its token expires and no other token covers it]
  #claimsEnded(): void {
    const { receivers, senders, requests } = this.#links;
    const detach = (links: Parameters<Links['detach']>[0][number], ...rights: Right[]): void => {
      const isLost = (address: string): boolean => address !== '' && !this.#mayUse(address, rights);
      this.#links.detach([links], EXPIRED, isLost);
    };
    detach(receivers, 'Listen');
    detach(senders, 'Send');
    detach(requests, 'Listen', 'Send');
  }

  #mayUse(address: string, rights: readonly Right[]): boolean {
    try {
      this.#claims.authorize(address, ...rights);
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
        this.#readOpen();
        limitHeartbeats(this.#connection);
      },
      sessionOpened: (session) => this.#sessionOpened(session),
      sessionClosed: (session) => this.#sessionClosed(session),
      senderAttached: (link) => this.#acceptor.acceptSender(link),
      receiverAttached: (link) => {
        const parts = this.#sessions.get(link.session);
        if (parts) this.#acceptor.acceptReceiver(link, parts);
      },
      flowed: (link) => (links.receivers.get(link) ?? links.replies.get(link))?.flow(),
      received: (link, bytes, format, delivery) => this.#received(link, bytes, format, delivery),
      linkClosed: (link) => {
        this.#noteLinks();
        links.closed(link);
        this.#sessions.get(link.session)?.transfers.linkEnded(link);
      },
      failed: (error) => this.close(toProtocolError(error)),
      gone: () => this.#gone(),
    });
    this.socket.on('close', () => this.#gone());
  }

  #readOpen(): void {
    const { remote, sasl_transport: sasl } = privateConnection(this.#connection);
    const { mechanism } = sasl.transports[3];
    // Some clients name the port as well.
    this.#host = remote.open.hostname?.replace(/:\d+$/, '') || this.#host;
    if (mechanism instanceof PlainMechanism) for (const claim of mechanism.claims) this.#claims.grant(claim);
  }

  #sessionOpened(session: RheaSession): void {
    // [AMQP 2.7.1] channel-max is binding, and rhea does not enforce it.
    if (this.#sessions.size > CHANNEL_MAX) {
      const description = `A connection may have ${CHANNEL_MAX + 1} sessions.`;
      return this.close({ condition: 'amqp:connection:framing-error', description });
    }
    if (this.#sessions.size >= MAX_UNPROVED_SESSIONS && !this.#claims.isProved)
      return this.#refuse(`Without a token a connection may have ${MAX_UNPROVED_SESSIONS} sessions.`);
    const { senders, requests } = this.#links;
    const deliveries = new OutgoingDeliveries(session, this.#wire, this.#connection);
    const replies = new ReplyLinks();
    privateSession(session).outgoing = deliveries;
    nameLinksByDirection(session);
    const transfers = keepRawMessages(
      session,
      (link) => (senders.get(link) ?? requests.get(link))?.maxMessageBytes ?? 0,
      this.#transfers,
      () => this.#refuse('Too much has been begun and not completed.'),
    );
    this.#sessions.set(session, { deliveries, replies, transfers });
    this.#links.sessionOpened(session, replies);
  }

  #refuse(description: string): void {
    this.close({ condition: 'amqp:resource-limit-exceeded', description });
  }

  #received(link: RheaReceiver, bytes: Buffer, format: number | undefined, delivery: Delivery): void {
    const sender = this.#links.senders.get(link);
    if (sender) return sender.receive(bytes, format, delivery);
    const requests = this.#links.requests.get(link);
    const replies = this.#sessions.get(link.session)?.replies;
    if (!requests || !replies) return delivery.update(true, outcomes.released().described());
    this.#use();
    // uamqp wants the answer to its transfer before the reply to its request, and crashes otherwise.
    const answer = (outcome: object): void => {
      delivery.update(true, outcome);
      privateConnection(this.#connection)._process();
    };
    try {
      requests.receive(bytes, replies, () => answer(outcomes.accepted().described()));
    } catch (error) {
      if (error instanceof BrokerError) {
        return answer(outcomes.rejected({ error: toAmqpError(error, this.#context) }).described());
      }
      const description = error instanceof Error ? error.message : String(error);
      this.close({ condition: 'amqp:decode-error', description });
    }
  }

  /** Remembers, before some of them end, that there are links. */
  #noteLinks(): void {
    if (this.#links.onEntities === 0) return;
    this.#hadLinks = true;
    this.#use();
  }

  #use(): void {
    this.#usedAtMs = this.context.broker.clock.now();
  }

  #sessionClosed(session: RheaSession): void {
    this.#noteLinks();
    this.#links.sessionClosed(session);
    this.#sessions.get(session)?.transfers.sessionEnded();
    this.#sessions.delete(session);
  }

  #gone(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.context.faults.silences.connectionClosed(this);
    this.#claims.clear();
    this.#transfers.giveAll();
    for (const session of [...this.#sessions.keys()]) this.#sessionClosed(session);
    closeSocket(this.socket, this.#connection);
    this.closed();
  }
}
