import { type AcceptedMessage } from './accepted-message.js';
import { type Entities } from './entities.js';
import { type AuthorizationRule } from './model/entity/authorization-rule.js';
import { type Tier } from './model/entity/tier.js';
import { type ManualClock } from './clock/manual-clock.js';
import { type TlsOptions } from './server/tls.js';

/** Options of `startEmulator`; each has a default. */
export interface EmulatorOptions {
  /** Port of AMQP, which serves the administration API as well; 0 picks a free one. Default 5672. */
  readonly port?: number;
  /** Second port of the administration API; 0 picks a free one, false opens none. Default 5300. */
  readonly administrationPort?: number | false;
  /**
   * Address to listen on. Default 127.0.0.1, which the connection string names: reachable from this machine only.
   * `localhost` listens on 127.0.0.1 and, where there is IPv6, on ::1 as well, for clients that know the port and choose
   * the address themselves. The key of the emulator is public: whoever can reach it may use it.
   */
  readonly host?: string;
  /**
   * Names, besides addresses and local ones, by which clients reach it over HTTP and WebSockets: `sb.example.com`, or
   * `*` for any. Others are refused, because a page in a browser may have made its own name point here. Default none.
   */
  readonly allowedHosts?: readonly string[];
  /**
   * Serves TLS as well, as the cloud does: AMQP, AMQP over WebSockets, and the administration API over HTTPS, all on
   * one port. `true` makes a certificate at the start. Default false.
   */
  readonly tls?: boolean | TlsOptions;
  /** Entities to create at the start. */
  readonly entities?: Entities;
  /** Directory that keeps entities and messages over restarts and crashes. Default: in memory only. */
  readonly dataDirectory?: string;
  /** A clock for tests, moved by `advance`. Default: the system's time. Tokens always expire by the time of day. */
  readonly clock?: ManualClock;
  /**
   * Keys of the namespace beside `RootManageSharedAccessKey`, each with what it grants: `Send`, `Listen`, `Manage`.
   * Queues and topics may have `authorizationRules` of their own.
   */
  readonly authorizationRules?: readonly AuthorizationRule[];
  /**
   * The pricing tier. In the premium tier messages have at most 1 MB by default, and 100 MB where the entity says so
   * (`maxMessageSizeInKilobytes`); batches have at most 1 MB everywhere. Default standard: 256 KB.
   */
  readonly tier?: Tier;
  /**
   * Gives the namespace 1,000 credits a second, as the cloud's standard tier does: a message sent, received or peeked
   * costs one, and each filter evaluated; without credits requests are refused as "server busy" (50009) until the next
   * second of the emulator's clock. No effect in the premium tier. Default false.
   */
  readonly throttling?: boolean;
  /** Accepts every token without verifying its signature and age. Default false. */
  readonly acceptAnyToken?: boolean;
  /** Releases message locks when their link closes; otherwise they last until they expire. Default false. */
  readonly locksEndWithLink?: boolean;
  /**
   * Detaches links that were not used for 10 minutes, and closes connections that had no links for 5, by the emulator's
   * clock, as the cloud does. What a client uses within some milliseconds after the clock was moved lives on. Default true.
   */
  readonly endsIdle?: boolean;
  /**
   * Whether peeked messages tell until when they are locked. The cloud hides it: a peeked message that somebody works
   * on looks like one that waits. Default false.
   */
  readonly peeksShowLocks?: boolean;
  /** Is told of each message that an entity accepts from a client, whether or not it is stored, before the client is. */
  readonly accepted?: (message: AcceptedMessage) => void;
  /** Limit of all stored messages together, in bytes; beyond it senders get a quota error. Default 4 GiB. */
  readonly maxStoredBytes?: number;
  /** Maximum number of connections. Default 1,000. */
  readonly maxConnections?: number;
  /** Maximum number of links per connection. Default 5,000. */
  readonly maxLinks?: number;
  /**
   * Time within which a client has to open its connection, or to send its request to the administration API, in
   * milliseconds. Default 10,000.
   */
  readonly handshakeTimeoutMs?: number;
}
