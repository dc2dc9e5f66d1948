import rhea, { type Connection, type link as Link, type Session } from 'rhea';

// Parts of rhea 3.0.5 that the emulator needs and rhea's types do not declare. The version is pinned for this reason.

/** The fields of a disposition frame. */
export interface DispositionFields {
  readonly role: boolean;
  readonly first: number;
  readonly last?: number | null;
  readonly settled?: boolean | null;
  readonly state?: unknown;
}

/** The fields of begin and flow frames that concern the transfer window. */
export interface WindowFields {
  readonly incoming_window: number;
  readonly next_incoming_id?: number | null;
}

export interface TransferFrame {
  performative: { delivery_id?: number | null; message_format?: number | null; more?: boolean | null };
  payload?: Buffer;
}

export interface AttachFrame {
  readonly performative: {
    readonly name: string;
    readonly handle: number;
    readonly role: boolean;
    /** All fields, in order. */
    readonly value: readonly unknown[];
  };
}

export interface PrivateOutgoing {
  window: number;
  next_transfer_id: number;
  remote_window: number | undefined;
  remote_next_transfer_id: number | undefined;
}

export interface PrivateSession {
  outgoing: unknown;
  links: Record<string, PrivateLink>;
  readonly local: { readonly channel: number; readonly handles: Record<string, PrivateLink> };
  readonly remote: { readonly handles: Record<string, PrivateLink> };
  create_sender(name: string): PrivateLink;
  create_receiver(name: string): PrivateLink;
  remove_link(link: PrivateLink): void;
  on_attach(frame: AttachFrame): void;
  on_transfer(frame: TransferFrame): void;
  _get_link(frame: TransferFrame): Link;
}

export interface PrivateLink {
  readonly name: string;
  readonly remote: { readonly handle: number; attach: unknown };
  readonly local: { readonly handle: number; readonly attach: Record<string, unknown> };
  readonly state: { local_open: boolean; open_requests: number };
  credit: number;
  delivery_count: number;
  issue_flow: boolean;
  /** The delivery whose frames are not complete yet. */
  _incomplete: { frames: Buffer[] } | undefined;
  is_receiver(): boolean;
  on_attach(frame: AttachFrame): void;
  _get_drain(): boolean;
}

export interface PrivateConnection {
  readonly socket: NodeJS.WritableStream & { cork?(): void; uncork?(): void };
  readonly max_frame_size?: number;
  readonly remote: { readonly open: { idle_time_out?: number; readonly hostname?: string | null } };
  readonly amqp_transport: object;
  readonly sasl_transport: {
    /** By protocol id; 3 is SASL. */
    readonly transports: {
      readonly 3: { readonly mechanism?: object; readonly transport: { read_complete: boolean } };
    };
  };
  input(chunk: Buffer): void;
  accept(socket: unknown): void;
  _register(): void;
  _process(): void;
  _disconnected(): void;
}

// rhea is a CommonJS module: at run time it has only a default export.
/** Encodes and decodes whole messages. */
export const messages = rhea.message;
/** Wraps values whose AMQP type does not follow from their JavaScript type. */
export const types = rhea.types;

/** An outcome as rhea encodes it. */
interface Outcome {
  described(): object;
}

/** [AMQP 3.4] Creates and reads the outcomes of deliveries. */
export const outcomes = rhea.message as unknown as {
  accepted(): Outcome;
  rejected(fields: { error: object }): Outcome;
  released(): Outcome;
  unwrap_outcome(state: unknown): unknown;
};

export const privateSession = (session: Session): PrivateSession => session as unknown as PrivateSession;
export const privateLink = (link: Link): PrivateLink => link as unknown as PrivateLink;
export const privateConnection = (connection: Connection): PrivateConnection =>
  connection as unknown as PrivateConnection;
