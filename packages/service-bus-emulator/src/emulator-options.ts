import { type Entities } from './entities.js';
import { type AuthorizationRule } from './model/entity/authorization-rule.js';
import { type ManualClock } from './clock/manual-clock.js';

/** Options of `startEmulator`; each has a default. */
export interface EmulatorOptions {
  /** Port of AMQP, which serves the administration API as well; 0 picks a free one. Default 5672. */
  readonly port?: number;
  /** Second port of the administration API; 0 picks a free one, false opens none. Default 5300. */
  readonly administrationPort?: number | false;
  /** Address to listen on. Default 127.0.0.1: reachable from this machine only. */
  readonly host?: string;
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
  /** Accepts every token without verifying its signature and age. Default false. */
  readonly acceptAnyToken?: boolean;
  /** Releases message locks when their link closes; otherwise they last until they expire. Default false. */
  readonly locksEndWithLink?: boolean;
  /**
   * Whether peeked messages tell until when they are locked. The cloud hides it: a peeked message that somebody works
   * on looks like one that waits. Default true.
   */
  readonly peeksShowLocks?: boolean;
  /** Limit of all stored messages together, in bytes; beyond it senders get a quota error. Default 4 GiB. */
  readonly maxStoredBytes?: number;
  /** Maximum number of connections. Default 1,000. */
  readonly maxConnections?: number;
  /** Maximum number of links per connection. Default 5,000. */
  readonly maxLinks?: number;
  /** Time within which a client has to open its connection, in milliseconds. Default 10,000. */
  readonly handshakeTimeoutMs?: number;
}
