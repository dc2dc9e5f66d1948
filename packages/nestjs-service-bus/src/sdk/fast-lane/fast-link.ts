import { type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';
import { MessageFormat } from '@nestjs-service-bus/amqp-message';

import { ConnectionWriter } from './connection-writer.js';
import { decodeMessage } from './decode-message.js';
import { mayUseFastLane } from './fast-lane.js';
import { LinkDelivery } from './link-delivery.js';
import {
  type DispositionFields,
  receiverLinkOf,
  type RheaReceiver,
  type RheaSession,
  type TransferFrame,
} from './rhea-link.js';
import { rheaMessage } from './rhea-message.js';
import { decodeByRhea } from './typed-body.js';
import { undecodableMessage } from './undecodable-message.js';

/** Who gets the messages that arrive on the link. */
export interface FastLinkOwner {
  takeFromFastLane(message: ServiceBusReceivedMessage): void;
  /** How many messages the SDK has handed over, of those that were passed on to it. */
  readonly takenFromSdk: number;
}

/** The broker has broken the protocol: rhea closes the connection. */
class TransferError extends Error {
  override readonly name = 'TransferError';
}

const FAST_SESSIONS = new WeakSet<object>();

/** Whether the fast lane takes the transfers of a session. */
export function isOnFastLane(session: object): boolean {
  return FAST_SESSIONS.has(session);
}

// [AMQP 2.7.5] fields of a transfer
const DELIVERY_ID = 1;
const DELIVERY_TAG = 2;
const MESSAGE_FORMAT = 3;
const MORE = 5;

/**
 * The fast lane of a link that the SDK has opened: handles the transfers, and the broker's answers to settlements. On
 * the way through rhea and the SDK each message becomes a tree of typed values, four objects in turn, two spans and
 * half a dozen promises; here it is read once, from its bytes.
 *
 * SDK and rhea still own the link: they open, drain and close it, and do the session's bookkeeping. A message that is
 * not plain (see `decodeMessage`) is passed on to them as if nobody had looked at it.
 */
export class FastLink {
  private partial?: LinkDelivery;
  private frames: Buffer[] = [];
  private readonly writer: ConnectionWriter;

  private constructor(
    private readonly link: RheaReceiver,
    private readonly session: RheaSession,
    private readonly owner: FastLinkOwner,
  ) {
    FAST_SESSIONS.add(session);
    session.on_transfer = (frame) => this.transferReceived(frame);
    const passToRhea = session.on_disposition.bind(session);
    session.on_disposition = (frame) => {
      if (frame.performative.role) passToRhea(frame);
      else this.dispositionReceived(frame.performative);
    };
    this.writer = ConnectionWriter.of(link.connection);
  }

  /** Returns undefined where the fast lane is off, or the link is not as we know it: then use the SDK's handlers. */
  static open(receiver: ServiceBusReceiver, owner: FastLinkOwner): FastLink | undefined {
    if (!mayUseFastLane(receiver)) return undefined;
    const link = receiverLinkOf(receiver);
    if (!link || Object.keys(link.session.links).length !== 1) return undefined;
    return new FastLink(link, link.session, owner);
  }

  /** How many messages the broker may still send. */
  get credit(): number {
    return this.link.credit;
  }

  grant(credit: number): void {
    // Its session may be gone by now, and with it the channel.
    if (!this.link.is_open()) return;
    this.link.credit += credit;
    this.link.issue_flow = true;
    this.writer.schedule(this.session);
  }

  private transferReceived({ performative, payload }: TransferFrame): void {
    const { link, session } = this;
    const { value: fields } = performative;
    session.incoming.next_transfer_id++;
    if (!link.is_remote_open()) throw new TransferError('transfer after detach');
    const delivery = this.deliveryOf(fields);
    const bytes = payload ?? EMPTY;
    // rhea reads a boolean of one of its two encodings as a number.
    if (fields[MORE]?.value) {
      delivery.incomplete = true;
      this.partial = delivery;
      this.frames.push(bytes);
      return;
    }
    const data = this.frames.length === 0 ? bytes : Buffer.concat([...this.frames, bytes]);
    this.frames = [];
    this.partial = undefined;
    delivery.incomplete = false;
    link.credit--;
    link.delivery_count++;
    // A message that arrives while the link is being closed returns to the queue with it.
    if (!link.is_open()) return;
    const message = delivery.format === MessageFormat.plain ? decodeMessage(data, delivery) : undefined;
    if (message) this.owner.takeFromFastLane(message);
    else this.passToRhea(data, delivery);
  }

  /** Returns the delivery that a transfer begins or continues. */
  private deliveryOf(fields: TransferFrame['performative']['value']): LinkDelivery {
    const { incoming } = this.session;
    const id = fields[DELIVERY_ID]?.value as number | null | undefined;
    if (this.partial) {
      // [AMQP 2.7.5] further transfers of a delivery need not repeat its id.
      if (id !== undefined && id !== null && id !== this.partial.id) {
        throw new TransferError(`delivery ${id} begins before delivery ${this.partial.id} is complete`);
      }
      return this.partial;
    }
    if (typeof id !== 'number' || id !== (incoming.next_delivery_id ??= id)) {
      throw new TransferError(`expected delivery ${incoming.next_delivery_id}, got ${id}`);
    }
    const tag = fields[DELIVERY_TAG]?.value as Buffer;
    const format = (fields[MESSAGE_FORMAT]?.value ?? 0) as number;
    const delivery = new LinkDelivery(id, tag, format, this.link, this.reportSettlement);
    incoming.deliveries.push(delivery);
    incoming.next_delivery_id = id + 1;
    return delivery;
  }

  /** Has the settlement of a delivery sent to the broker. */
  private readonly reportSettlement = (delivery: LinkDelivery): void => {
    if (!delivery.remote_settled) this.session.incoming.updated.push(delivery);
    this.writer.schedule(this.session);
  };

  /**
   * What rhea or the SDK throw would end the connection, and with it all other messages' links: a message that they
   * cannot read is told apart, and goes its way as one.
   */
  private passToRhea(data: Buffer, delivery: LinkDelivery): void {
    const { link, owner } = this;
    const { format } = delivery;
    const taken = owner.takenFromSdk;
    let cause: unknown = 'the SDK does not take it';
    try {
      const context =
        format === MessageFormat.plain ? { message: decodeByRhea(data) } : { message: data, format };
      link.dispatch('message', link._context({ ...context, delivery }));
    } catch (error) {
      cause = error;
    }
    // The SDK hands a message on at once, or drops it without a word.
    if (owner.takenFromSdk === taken && link.is_open()) {
      owner.takeFromFastLane(undecodableMessage(data, delivery, cause));
    }
  }

  /** [AMQP 2.6.12] The broker answers settlements: this settles the deliveries on our side as well. */
  private dispositionReceived({ first, last, settled, state }: DispositionFields): void {
    const { link, session } = this;
    const outcome = state ? rheaMessage.unwrap_outcome(state) : undefined;
    for (let id = first; id <= (last ?? first); id++) {
      const delivery = session.incoming.deliveries.by_id(id);
      if (!delivery || delivery.remote_settled) continue;
      if (outcome) delivery.remote_state = outcome;
      if (!settled) continue;
      delivery.remote_settled = true;
      // Whoever settled through the SDK hears of it from the SDK.
      if (!delivery.onAnswer || delivery.isForSdk) link.dispatch('settled', link._context({ delivery }));
      delivery.settled = true;
      delivery.onAnswer?.(delivery);
    }
    // rhea frees the places of settled deliveries when it processes the session.
    this.writer.schedule(session);
  }
}

const EMPTY = Buffer.alloc(0);
