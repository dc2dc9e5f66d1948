import { type ServiceBusReceiver } from '@azure/service-bus';

import { type LinkDelivery } from './link-delivery.js';

// The parts of rhea 3.0.5 that its types do not show, as far as we use them.

/** A frame whose performative is read, and not its payload. */
export interface TransferFrame {
  readonly performative: { readonly value: readonly ({ readonly value: unknown } | undefined)[] };
  readonly payload?: Buffer;
}

/** A disposition that the broker has sent. */
export interface DispositionFields {
  readonly first: number;
  readonly last?: number | null;
  readonly settled?: boolean | null;
  readonly state?: unknown;
}

/** What rhea keeps of a session's deliveries that come in. */
export interface RheaIncoming {
  readonly deliveries: { push(delivery: LinkDelivery): void; by_id(id: number): LinkDelivery | undefined };
  next_transfer_id: number;
  next_delivery_id: number | undefined;
  update(delivery: LinkDelivery, settled: boolean, state: unknown): void;
  on_disposition(fields: DispositionFields): void;
}

export interface RheaSession {
  readonly incoming: RheaIncoming;
  readonly links: Readonly<Record<string, RheaReceiver>>;
  on_transfer(frame: TransferFrame): void;
}

export interface RheaReceiver {
  readonly session: RheaSession;
  readonly local: { readonly attach: { readonly rcv_settle_mode?: number } };
  credit: number;
  delivery_count: number;
  is_open(): boolean;
  is_remote_open(): boolean;
  /** Gives the broker more credit. */
  flow(credit: number): void;
  dispatch(event: string, context: object): boolean;
  _context(fields: object): object;
  on(event: 'settled', listener: (context: { readonly delivery?: LinkDelivery }) => void): void;
}

/** Where the SDK keeps the link of a receiver that subscribes: with sessions, and without. */
interface SdkReceiver {
  readonly _streamingReceiver?: SdkLink;
  readonly _messageSession?: SdkLink;
}

interface SdkLink {
  readonly link?: { readonly _link?: Partial<RheaReceiver> };
}

/** The open link of the SDK's receiver; undefined where another version of SDK or rhea keeps it elsewhere. */
export function receiverLinkOf(receiver: ServiceBusReceiver): RheaReceiver | undefined {
  const { _streamingReceiver, _messageSession } = receiver as unknown as SdkReceiver;
  const link = (_streamingReceiver ?? _messageSession)?.link?._link;
  const { session } = link ?? {};
  if (!link || !session) return undefined;
  const isKnown =
    typeof link.flow === 'function' &&
    typeof link.dispatch === 'function' &&
    typeof session.incoming.deliveries.push === 'function' &&
    typeof session.incoming.update === 'function' &&
    typeof session.on_transfer === 'function';
  return isKnown ? (link as RheaReceiver) : undefined;
}
