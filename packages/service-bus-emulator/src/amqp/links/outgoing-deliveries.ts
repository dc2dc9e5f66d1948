import { type Connection, type Session } from 'rhea';

import { Fifo } from '../../model/collections/fifo.js';
import { writeDispositionFrame } from './frame-writer.js';
import { type ChosenOutcome, type OutgoingDelivery, OutgoingTransfer } from './outgoing-transfer.js';
import {
  type DispositionFields,
  outcomes,
  type PrivateOutgoing,
  privateConnection,
  privateSession,
  type WindowFields,
} from '../rhea-private.js';
import { type Wire } from '../wire.js';

// [AMQP 2.7.5] Space for a transfer's frame header and performative before its payload.
const TRANSFER_OVERHEAD_BYTES = 64;

/**
 * Replaces rhea's own list of a session's outgoing deliveries. rhea frees deliveries in order only: with it, one
 * unsettled message stops the session after 2,048 further ones.
 */
export class OutgoingDeliveries {
  // [rhea/lib/session.js, Outgoing] These members are what rhea's session reads and calls.
  readonly deliveries = { available: (): number => Number.MAX_SAFE_INTEGER };
  window: number;
  next_transfer_id: number;
  #remoteNextTransferId: number;
  #remoteWindow: number;

  readonly #channel: number;
  readonly #unsettled = new Map<number, OutgoingDelivery>();
  /** Transfers for which the client has no room yet, and actions to run after them. */
  readonly #waiting = new Fifo<OutgoingTransfer | (() => void)>();
  readonly #answers: { deliveryId: number; state: Buffer }[] = [];
  #nextDeliveryId = 0;

  constructor(
    session: Session,
    private readonly wire: Wire,
    private readonly connection: Connection,
  ) {
    const current = privateSession(session).outgoing as PrivateOutgoing;
    this.#channel = privateSession(session).local.channel;
    this.window = current.window;
    this.next_transfer_id = current.next_transfer_id;
    this.#remoteWindow = current.remote_window ?? 0;
    this.#remoteNextTransferId = current.remote_next_transfer_id ?? 0;
  }

  available(): number {
    return this.deliveries.available();
  }

  /** Sends a message as soon as the client has room for it; the caller accounts for the link's credit. */
  transfer(delivery: OutgoingDelivery): void {
    this.#waiting.push(new OutgoingTransfer(delivery));
    this.#flushTransfers();
  }

  /** Runs an action once all transfers so far have been sent. */
  afterTransfers(action: () => void): void {
    this.#waiting.push(action);
    this.#flushTransfers();
  }

  /** Settles a delivery with this state; consecutive deliveries with the same state share a frame. */
  answer(deliveryId: number, state: Buffer): void {
    this.#answers.push({ deliveryId, state });
    if (this.#answers.length === 1) privateConnection(this.connection)._register();
  }

  on_begin(fields: WindowFields): void {
    this.#remoteWindow = fields.incoming_window;
  }

  on_flow(fields: WindowFields): void {
    this.#remoteNextTransferId = fields.next_incoming_id ?? 0;
    this.#remoteWindow = fields.incoming_window;
    this.#flushTransfers();
  }

  on_disposition(fields: DispositionFields): void {
    const { first } = fields;
    const last = fields.last ?? first;
    const outcome = fields.state ? (outcomes.unwrap_outcome(fields.state) as ChosenOutcome) : undefined;
    const settled = fields.settled === true;
    if (first === last) return this.#decide(first, outcome, settled);
    // The client chooses the range: never iterate over more ids than there are deliveries.
    if (last - first < this.#unsettled.size) {
      for (let id = first; id <= last; id += 1) this.#decide(id, outcome, settled);
    } else {
      for (const id of [...this.#unsettled.keys()])
        if (id >= first && id <= last) this.#decide(id, outcome, settled);
    }
  }

  /** Writes what has accumulated since the session's last turn. */
  process(): void {
    const answers = this.#answers;
    for (let start = 0; start < answers.length;) {
      const { deliveryId: first, state } = answers[start] as (typeof answers)[number];
      let end = start + 1;
      while (answers[end]?.deliveryId === first + (end - start) && answers[end]?.state === state) end += 1;
      this.wire.write(writeDispositionFrame(this.#channel, first, first + (end - start) - 1, state));
      start = end;
    }
    answers.length = 0;
    this.#flushTransfers();
  }

  #decide(deliveryId: number, outcome: ChosenOutcome | undefined, settled: boolean): void {
    const delivery = this.#unsettled.get(deliveryId);
    if (!delivery || (!outcome && !settled)) return;
    this.#unsettled.delete(deliveryId);
    delivery.decided?.(deliveryId, outcome, settled);
  }

  #flushTransfers(): void {
    for (let next = this.#waiting.peek(); next; next = this.#waiting.peek()) {
      if (typeof next === 'function') next();
      else if (!this.#send(next)) return;
      this.#waiting.shift();
    }
  }

  /** Returns false if the client has no room for the whole transfer yet. */
  #send(transfer: OutgoingTransfer): boolean {
    const { delivery } = transfer;
    while (delivery.isWanted() && !transfer.isDone) {
      if (!this.#windowIsOpen() || this.wire.isFull) return false;
      if (!transfer.hasBegun) this.#begin(transfer);
      this.next_transfer_id = (this.next_transfer_id + 1) >>> 0;
      this.wire.write(transfer.nextFrame(this.#channel, this.#maxPayloadBytes()));
    }
    return true;
  }

  #begin(transfer: OutgoingTransfer): void {
    const deliveryId = this.#nextDeliveryId;
    this.#nextDeliveryId = (deliveryId + 1) >>> 0;
    transfer.begin(deliveryId);
    if (!transfer.delivery.settled) this.#unsettled.set(deliveryId, transfer.delivery);
  }

  #maxPayloadBytes(): number {
    return (privateConnection(this.connection).max_frame_size ?? Infinity) - TRANSFER_OVERHEAD_BYTES;
  }

  // [AMQP 2.5.6] remote-incoming-window = next-incoming-id + incoming-window - next-outgoing-id
  #windowIsOpen(): boolean {
    return this.#remoteWindow > (this.next_transfer_id - this.#remoteNextTransferId) >>> 0;
  }
}
