import { type Receiver as RheaReceiver, type Sender as RheaSender } from 'rhea';

import { BrokerError } from '../../model/broker-error.js';
import { type ConnectionContext } from '../context.js';
import { echoTermini } from '../links/echo-terminus.js';
import { type IncomingTransfers } from '../links/incoming-transfers.js';
import { type Links } from '../links/links.js';
import { type OutgoingDeliveries } from '../links/outgoing-deliveries.js';
import { ReceiverLink } from '../links/receiver-link.js';
import { refuseLink } from '../links/refuse-link.js';
import { ReplyLink, type ReplyLinks } from '../links/reply-links.js';
import { cbsRequests, managementRequests } from '../links/request-link.js';
import { privateLink, types } from '../rhea-private.js';
import { SenderLink } from '../links/sender-link.js';
import { readSessionRequest } from '../links/session-request.js';

// [Azure/azure-sdk-for-net#57941: the cloud tells clients the limit of a batch, as a long]
const MAX_BATCH_SIZE = 'com.microsoft:max-message-batch-size';
const CBS = '$cbs';
// A client attaches two for its first token.
const MAX_UNPROVED_LINKS = 20;
const MANAGEMENT = /\/\$management$/i;

/** What the links of one AMQP session share. */
export interface SessionParts {
  readonly deliveries: OutgoingDeliveries;
  readonly replies: ReplyLinks;
  readonly transfers: IncomingTransfers;
}

/** Accepts or refuses the links of one connection. */
export class LinkAcceptor {
  constructor(
    private readonly links: Links,
    private readonly context: ConnectionContext,
    private readonly maxLinks: number,
  ) {}

  /** The client attaches to send. */
  acceptSender(link: RheaReceiver): void {
    const address = addressOf(link.target);
    this.#admit(link, () => {
      // [AMQP 4.1] rhea does not know a transaction coordinator as a target: its address is empty.
      if (address === '')
        throw new BrokerError('amqp:not-implemented', 'A link needs the address of an entity.');
      echoTermini(link);
      // Without a maximum size the JavaScript SDK adds no message to a batch.
      const { attach } = privateLink(link).local;
      const { maxMessageBytes, maxBatchBytes } = this.#startSender(link, address);
      attach['max_message_size'] = maxMessageBytes;
      if (maxBatchBytes !== undefined)
        attach['properties'] = { [MAX_BATCH_SIZE]: types.wrap_long(maxBatchBytes) };
    });
  }

  /** The client attaches to receive. */
  acceptReceiver(link: RheaSender, parts: SessionParts): void {
    const address = addressOf(link.source);
    this.#admit(link, () => {
      echoTermini(link);
      const { attach } = privateLink(link).local;
      attach['snd_settle_mode'] = link.snd_settle_mode;
      attach['rcv_settle_mode'] = link.rcv_settle_mode;
      if (address === CBS || MANAGEMENT.test(address)) {
        if (address !== CBS) this.#authorizeManagement(address);
        return this.#startReplies(link, parts);
      }
      this.context.claims.authorize(address, 'Listen');
      this.#refuseIfTold(address);
      this.#startReceiver(link, address, parts.deliveries);
    });
  }

  #startSender(
    link: RheaReceiver,
    address: string,
  ): { readonly maxMessageBytes: number; readonly maxBatchBytes?: number } {
    const { context, links } = this;
    if (address === CBS) {
      const requests = cbsRequests(context);
      links.requests.set(link, requests);
      return requests;
    }
    if (MANAGEMENT.test(address)) {
      this.#authorizeManagement(address);
      const requests = managementRequests(address, context);
      links.requests.set(link, requests);
      return requests;
    }
    context.claims.authorize(address, 'Send');
    this.#refuseIfTold(address);
    const sender = new SenderLink(link, address, context);
    links.senders.set(link, sender);
    return sender;
  }

  /** Each operation of a management node needs one of these rights, and asks for it. */
  #authorizeManagement(address: string): void {
    this.context.claims.authorize(address, 'Listen', 'Send');
  }

  #refuseIfTold(address: string): void {
    const fault = this.context.faults.takeLinkRefusal(address);
    if (fault) throw fault;
  }

  #startReplies(link: RheaSender, { deliveries, replies }: SessionParts): void {
    const reply = new ReplyLink(link, deliveries, this.context.claims);
    this.links.replies.set(link, reply);
    replies.add(link, reply);
  }

  #startReceiver(link: RheaSender, address: string, deliveries: OutgoingDeliveries): void {
    const mode = link.snd_settle_mode === 1 ? 'receive-and-delete' : 'peek-lock';
    const request = readSessionRequest(link);
    const receiver = new ReceiverLink(link, deliveries, address, mode, request, this.context);
    receiver.attach();
    this.links.receivers.set(link, receiver);
  }

  #admit(link: RheaReceiver | RheaSender, attach: () => void): void {
    try {
      const { isProved } = this.context.claims;
      const maxLinks = isProved ? this.maxLinks : Math.min(this.maxLinks, MAX_UNPROVED_LINKS);
      if (this.links.count >= maxLinks) {
        const description = `A connection may have ${maxLinks} links${isProved ? '' : ' until it has a token'}.`;
        throw new BrokerError('amqp:resource-limit-exceeded', description);
      }
      attach();
    } catch (error) {
      refuseLink(link, error, this.context);
    }
  }
}

function addressOf(terminus: unknown): string {
  const address = (terminus as { address?: unknown } | null | undefined)?.address;
  return typeof address === 'string' ? address.replace(/^[a-z]+:\/\/[^/]*\//i, '').replace(/^\/+/, '') : '';
}
