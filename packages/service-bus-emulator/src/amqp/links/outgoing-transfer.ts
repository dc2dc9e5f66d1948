import { writeTransferFrame } from './frame-writer.js';

/** An outcome that the receiving client has chosen for a delivery. */
export interface ChosenOutcome {
  readonly constructor: { readonly composite_type?: string };
  readonly error?: { readonly condition?: string; readonly info?: Record<string, unknown> };
  readonly undeliverable_here?: boolean;
  readonly message_annotations?: Record<string, unknown>;
}

export interface OutgoingDelivery {
  readonly handle: number;
  readonly tag: Buffer;
  /** Called once there is room to send the message: until then its encoding takes no memory. */
  readonly encode: () => Buffer;
  readonly settled: boolean;
  /** Returns false once its link is closed: another link may have the handle by then. */
  readonly isWanted: () => boolean;
  /** Called once, with the client's outcome. */
  readonly decided?: (deliveryId: number, outcome: ChosenOutcome | undefined, settled: boolean) => void;
}

/** A delivery that is being sent, in as many frames as it takes. */
export class OutgoingTransfer {
  #payload: Buffer | undefined;
  #deliveryId = 0;
  #sentBytes = 0;

  constructor(readonly delivery: OutgoingDelivery) {}

  get hasBegun(): boolean {
    return this.#payload !== undefined;
  }

  get isDone(): boolean {
    return this.#payload !== undefined && this.#sentBytes >= this.#payload.length;
  }

  /** [AMQP 2.7.5] Ids have no gaps, so a delivery gets its id with its first frame. */
  begin(deliveryId: number): void {
    this.#deliveryId = deliveryId;
    this.#payload = this.delivery.encode();
  }

  nextFrame(channel: number, maxPayloadBytes: number): Buffer {
    const payload = this.#payload as Buffer;
    const start = this.#sentBytes;
    const end = Math.min(start + maxPayloadBytes, payload.length);
    const more = end < payload.length;
    this.#sentBytes = end;
    const { handle, tag: deliveryTag, settled } = this.delivery;
    return writeTransferFrame(
      { channel, handle, deliveryId: this.#deliveryId, deliveryTag, messageFormat: 0, settled, more },
      start === 0 && !more ? payload : payload.subarray(start, end),
    );
  }
}
