import rhea from 'rhea';

import { type RheaIncoming, type RheaReceiver } from './rhea-link.js';

/** [AMQP 3.4] rhea's outcomes, which its types do not show. */
const outcomes = rhea.message as unknown as Record<
  'accepted' | 'released' | 'rejected' | 'modified',
  (fields?: object) => { described(): unknown }
>;

/** One for all: rhea only reads it. */
const ACCEPTED = outcomes.accepted().described();

/** What the broker has answered to a settlement. */
export interface RemoteState {
  readonly error?: { readonly condition?: string; readonly description?: string };
}

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
  /** Told of the broker's answer; without it the link's `settled` event tells. */
  answered?: Answered = undefined;

  constructor(
    readonly id: number,
    readonly tag: Buffer,
    readonly format: number,
    readonly link: RheaReceiver,
    private readonly incoming: RheaIncoming,
  ) {}

  update(settled: boolean | undefined, state: unknown): void {
    // [AMQP 2.7.3] in mode "second" the delivery is settled once the sender has settled it.
    this.incoming.update(this, settled ?? this.link.local.attach.rcv_settle_mode !== 1, state);
  }

  accept(): void {
    this.update(undefined, ACCEPTED);
  }

  release(parameters?: object): void {
    const outcome = parameters ? outcomes.modified(parameters) : outcomes.released();
    this.update(undefined, outcome.described());
  }

  reject(error: object): void {
    this.update(undefined, outcomes.rejected({ error }).described());
  }

  modified(parameters: object): void {
    this.update(undefined, outcomes.modified(parameters).described());
  }
}
