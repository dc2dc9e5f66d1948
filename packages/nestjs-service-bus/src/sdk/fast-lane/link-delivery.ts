import { type RemoteState, rheaMessage } from './rhea-message.js';

/** Shared: rhea only reads it. */
const ACCEPTED = rheaMessage.accepted().described();

/** What a delivery needs of rhea's link. */
export interface LinkOfDelivery {
  readonly local: { readonly attach: { readonly rcv_settle_mode?: number } };
}

/** Is called with a delivery whose settlement the broker has answered. */
export type OnAnswer = (delivery: LinkDelivery) => void;

/** A delivery with the members that rhea and the SDK use of rhea's own, without five closures for each. */
export class LinkDelivery {
  /** Further transfers of it are to come. */
  incomplete = false;
  settled = false;
  state: unknown = undefined;
  remote_settled = false;
  remote_state: RemoteState | undefined = undefined;
  /** Settled by other means than completion: the SDK does that, and waits for the answer. */
  isForSdk = false;
  /** Called with the broker's answer; without it the link emits `settled`. */
  onAnswer?: OnAnswer = undefined;

  constructor(
    readonly id: number,
    readonly tag: Buffer,
    readonly format: number,
    readonly link: LinkOfDelivery,
    private readonly reportSettlement: (delivery: LinkDelivery) => void,
  ) {}

  update(settled: boolean | undefined, state: unknown): void {
    // [AMQP 2.7.3] in mode "second" the delivery is settled once the sender has settled it.
    this.settled = settled ?? this.link.local.attach.rcv_settle_mode !== 1;
    if (state !== undefined) this.state = state;
    this.reportSettlement(this);
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
