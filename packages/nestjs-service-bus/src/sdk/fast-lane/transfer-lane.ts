import { type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';
import { MessageFormat } from '@nestjs-service-bus/amqp-message';

import { decodeMessage } from './decode-message.js';
import { LinkDelivery } from './link-delivery.js';
import {
  type DispositionFields,
  receiverLinkOf,
  type RheaReceiver,
  type RheaSession,
  type TransferFrame,
} from './rhea-link.js';
import { rheaMessage } from './rhea-message.js';
import { WriteTurns } from './write-turns.js';

/** Takes a message that has come on the link. */
export type Take = (message: ServiceBusReceivedMessage) => void;

/** The broker has broken the protocol: rhea ends the connection for it. */
class TransferError extends Error {
  override readonly name = 'TransferError';
}

// [AMQP 2.7.5] fields of a transfer
const DELIVERY_ID = 1;
const DELIVERY_TAG = 2;
const MESSAGE_FORMAT = 3;
const MORE = 5;

/**
 * Takes over what comes on a link that the SDK has opened: the transfers, and the broker's answers to settlements. On
 * the way through rhea and the SDK each message becomes a tree of typed values, four objects in turn, two spans and
 * half a dozen promises; here it is read once, from its bytes.
 *
 * The link stays the SDK's and rhea's: they open, drain and close it, and keep the session's books. What is no plain
 * message (see `decodeMessage`) goes on to them as if nobody had looked at it.
 */
export class TransferLane {
  private partial?: LinkDelivery;
  private frames: Buffer[] = [];
  private readonly writes: WriteTurns;

  private constructor(
    private readonly link: RheaReceiver,
    private readonly session: RheaSession,
    private readonly take: Take,
  ) {
    session.on_transfer = (frame) => this.transferred(frame);
    const disposed = session.on_disposition.bind(session);
    session.on_disposition = (frame) => {
      if (frame.performative.role) disposed(frame);
      else this.disposed(frame.performative);
    };
    this.writes = WriteTurns.of(link.connection);
  }

  /** Undefined where SDK and rhea are not the ones we know: then messages come the SDK's way. */
  static open(receiver: ServiceBusReceiver, take: Take): TransferLane | undefined {
    const link = receiverLinkOf(receiver);
    if (!link || Object.keys(link.session.links).length !== 1) return undefined;
    return new TransferLane(link, link.session, take);
  }

  /** What the broker may still send. */
  get credit(): number {
    return this.link.credit;
  }

  grant(credit: number): void {
    // Its session may be gone by now, and with it the channel.
    if (!this.link.is_open()) return;
    this.link.credit += credit;
    this.link.issue_flow = true;
    this.writes.add(this.session);
  }

  private transferred({ performative, payload }: TransferFrame): void {
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
    // What still comes while the link is being closed goes back to the queue with it.
    if (!link.is_open()) return;
    const message = delivery.format === MessageFormat.plain ? decodeMessage(data, delivery) : undefined;
    if (message) this.take(message);
    else this.leaveToRhea(data, delivery);
  }

  /** The delivery that a transfer begins, or goes on with. */
  private deliveryOf(fields: TransferFrame['performative']['value']): LinkDelivery {
    const { incoming } = this.session;
    const id = fields[DELIVERY_ID]?.value as number | null | undefined;
    if (this.partial) {
      // [AMQP 2.7.5] a delivery's further transfers need not say which one they belong to.
      if (id !== undefined && id !== null && id !== this.partial.id) {
        throw new TransferError(`delivery ${this.partial.id} is not complete, and ${id} begins`);
      }
      return this.partial;
    }
    if (typeof id !== 'number' || id !== (incoming.next_delivery_id ??= id)) {
      throw new TransferError(`delivery ${incoming.next_delivery_id} was to come, and ${id} did`);
    }
    const tag = fields[DELIVERY_TAG]?.value as Buffer;
    const format = (fields[MESSAGE_FORMAT]?.value ?? 0) as number;
    const delivery = new LinkDelivery(id, tag, format, this.link, this.tell);
    incoming.deliveries.push(delivery);
    incoming.next_delivery_id = id + 1;
    return delivery;
  }

  /** Has the broker told of a delivery's settlement. */
  private readonly tell = (delivery: LinkDelivery): void => {
    if (!delivery.remote_settled) this.session.incoming.updated.push(delivery);
    this.writes.add(this.session);
  };

  private leaveToRhea(data: Buffer, delivery: LinkDelivery): void {
    const { link } = this;
    const { format } = delivery;
    const context =
      format === MessageFormat.plain ? { message: rheaMessage.decode(data) } : { message: data, format };
    link.dispatch('message', link._context({ ...context, delivery }));
  }

  /** [AMQP 2.6.12] The broker's answers: with them the deliveries are settled on our side as well. */
  private disposed({ first, last, settled, state }: DispositionFields): void {
    const { link, session } = this;
    const outcome = state ? rheaMessage.unwrap_outcome(state) : undefined;
    for (let id = first; id <= (last ?? first); id++) {
      const delivery = session.incoming.deliveries.by_id(id);
      if (!delivery || delivery.remote_settled) continue;
      if (outcome) delivery.remote_state = outcome;
      if (!settled) continue;
      delivery.remote_settled = true;
      // Who settled through the SDK is told by it.
      if (!delivery.answered || delivery.isForSdk) link.dispatch('settled', link._context({ delivery }));
      delivery.settled = true;
      delivery.answered?.(delivery);
    }
    // The places of what is settled become free.
    this.writes.add(session);
  }
}

const EMPTY = Buffer.alloc(0);
