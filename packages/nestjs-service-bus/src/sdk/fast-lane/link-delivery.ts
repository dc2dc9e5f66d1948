import { type RheaReceiver } from './rhea-link.js';
import { type RemoteState, rheaMessage } from './rhea-message.js';

/** One for all: rhea only reads it. */
const ACCEPTED = rheaMessage.accepted().described();

/** Who waits for the broker's answer to a delivery's settlement. */
export type Answered = (delivery: LinkDelivery) => void;

/** A delivery as rhea makes them, and the SDK uses them, without five closures for each. */
export class LinkDelivery {
  /** More of it is to come. */
  incomplete = false;
  settled = false;
  state: unknown = undefined;
  remote_settled = false;
  remote_state: RemoteState | undefined = undefined;
  /** Settled otherwise than by completion: the SDK does that, and waits for the answer. */
  isForSdk = false;
  /** Told of the broker's answer; without it the link's `settled` event tells. */
  answered?: Answered = undefined;

  constructor(
    readonly id: number,
    readonly tag: Buffer,
    readonly format: number,
    readonly link: RheaReceiver,
    private readonly tell: (delivery: LinkDelivery) => void,
  ) {}

  update(settled: boolean | undefined, state: unknown): void {
    // [AMQP 2.7.3] in mode "second" the delivery is settled once the sender has settled it.
    this.settled = settled ?? this.link.local.attach.rcv_settle_mode !== 1;
    if (state !== undefined) this.state = state;
    this.tell(this);
  }

  accept(): void {
    this.update(undefined, ACCEPTED);
  }

  release(parameters?: object): void {
    this.isForSdk = true;
    const outcome = parameters ? rheaMessage.modified(parameters) : rheaMessage.released();
    this.update(undefined, outcome.described());
  }

  reject(error: object): void {
    this.isForSdk = true;
    this.update(undefined, rheaMessage.rejected({ error }).described());
  }

  modified(parameters: object): void {
    this.isForSdk = true;
    this.update(undefined, rheaMessage.modified(parameters).described());
  }
}
