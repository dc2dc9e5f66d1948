import { type ServiceBusReceiver } from '@azure/service-bus';

import { type LinkDelivery } from './link-delivery.js';
import { type WritingSocket } from './written-together.js';

// The parts of rhea 3.0.5 that its types do not show, as far as we use them.

/** A frame whose performative is read, and not its payload. */
export interface TransferFrame {
  readonly performative: { readonly value: readonly ({ readonly value: unknown } | undefined)[] };
  readonly payload?: Buffer;
}

/** A disposition that the broker has sent. */
export interface DispositionFields {
  /** True where the broker is the receiver. */
  readonly role: boolean;
  readonly first: number;
  readonly last?: number | null;
  readonly settled?: boolean | null;
  readonly state?: unknown;
}

/** What rhea keeps of a session's deliveries that come in. */
export interface RheaIncoming {
  readonly deliveries: { push(delivery: LinkDelivery): void; by_id(id: number): LinkDelivery | undefined };
  /** Settled, and the broker does not know yet. */
  readonly updated: LinkDelivery[];
  next_transfer_id: number;
  next_delivery_id: number | undefined;
}

/** What of a connection decides over when it writes. */
export interface RheaConnection {
  readonly socket?: WritingSocket;
  /** The sessions, by their channels. */
  readonly local_channel_map: Readonly<Record<number, RheaSession>>;
  /** Its sessions are to be asked in the next turn what they have to write. */
  registered: boolean;
  _register(): void;
  /** Asks all sessions, and writes. */
  _process(): void;
}

export interface RheaSession {
  readonly incoming: RheaIncoming;
  readonly local: { readonly channel: number };
  readonly links: Readonly<Record<string, RheaReceiver>>;
  on_transfer(frame: TransferFrame): void;
  on_disposition(frame: { readonly performative: DispositionFields }): void;
  /** Writes what there is to write. */
  _process(): void;
}

export interface RheaReceiver {
  readonly session: RheaSession;
  readonly connection: RheaConnection;
  /** There is credit that the broker does not know of. */
  issue_flow: boolean;
  readonly local: { readonly attach: { readonly rcv_settle_mode?: number } };
  credit: number;
  delivery_count: number;
  is_open(): boolean;
  is_remote_open(): boolean;
  dispatch(event: string, context: object): boolean;
  _context(fields: object): object;
  on(event: 'settled', listener: (context: { readonly delivery?: LinkDelivery }) => void): void;
  on(event: 'receiver_flow' | 'receiver_drained', listener: () => void): void;
  removeListener(event: 'receiver_flow' | 'receiver_drained', listener: () => void): void;
  /** The broker is to send what it has, and to give the other credit back. */
  drain: boolean;
  drain_credit(): void;
  add_credit(credit: number): void;
}

/** Where the SDK keeps the link of a receiver that subscribes: with sessions, and without. */
interface SdkReceiver {
  readonly _streamingReceiver?: SdkLink;
  readonly _messageSession?: SdkLink;
}

interface SdkLink {
  readonly link?: SdkReceiverLink;
}

/** A receiver's link as the SDK has it. */
export interface SdkReceiverLink {
  readonly _link?: Partial<RheaReceiver>;
  close?(...options: unknown[]): Promise<void>;
}

/** Returns the SDK's link of a receiver that subscribes; undefined where there is none yet, or it is kept elsewhere. */
export function sdkReceiverLinkOf(receiver: ServiceBusReceiver): SdkReceiverLink | undefined {
  const { _streamingReceiver, _messageSession } = receiver as unknown as SdkReceiver;
  return (_streamingReceiver ?? _messageSession)?.link;
}

/** Returns the open link of the SDK's receiver; undefined where SDK or rhea keep it elsewhere. */
export function receiverLinkOf(receiver: ServiceBusReceiver): RheaReceiver | undefined {
  const link = sdkReceiverLinkOf(receiver)?._link;
  return link && misfitsOfLink(link).length === 0 ? (link as RheaReceiver) : undefined;
}

/** What a member of rhea's has to be, by its owner and its name. */
const SHAPES = {
  Receiver: {
    dispatch: 'function',
    _context: 'function',
    is_open: 'function',
    is_remote_open: 'function',
    drain_credit: 'function',
    add_credit: 'function',
    removeListener: 'function',
    drain: 'boolean',
    issue_flow: 'boolean',
    credit: 'number',
    delivery_count: 'number',
  },
  'Receiver.local': { attach: 'object' },
  Connection: { _register: 'function', _process: 'function', local_channel_map: 'object' },
  Session: { on_transfer: 'function', on_disposition: 'function', _process: 'function', links: 'object' },
  'Session.local': { channel: 'number' },
  'Session.incoming': { next_transfer_id: 'number' },
  'Session.incoming.deliveries': { push: 'function', by_id: 'function' },
  'Session.incoming.updated': { push: 'function' },
} as const;

/** Names the parts of a link, its session and its connection that are not as we know them. */
export function misfitsOfLink(link: Partial<RheaReceiver>): string[] {
  const { connection, session } = link as { connection?: object; session?: Partial<RheaSession> };
  const incoming: Partial<RheaIncoming> | undefined = session?.incoming;
  const owners: Record<keyof typeof SHAPES, object | undefined> = {
    Receiver: link,
    'Receiver.local': link.local,
    Connection: connection,
    Session: session,
    'Session.local': session?.local,
    'Session.incoming': incoming,
    'Session.incoming.deliveries': incoming?.deliveries,
    'Session.incoming.updated': incoming?.updated,
  };
  return Object.entries(SHAPES).flatMap(([name, members]) => {
    const owner = owners[name as keyof typeof SHAPES] as Record<string, unknown> | undefined;
    return Object.entries(members)
      .filter(([member, type]) => typeof owner?.[member] !== type)
      .map(([member]) => `rhea ${name}.${member}`);
  });
}
