import { type Entities } from './entities.js';
import { type ManualClock } from './clock/manual-clock.js';

/** Options of `startEmulator`; each has a default. */
export interface EmulatorOptions {
  /** Port of AMQP and, beside it, of the administration API; 0 picks a free one. Default 5672. */
  readonly port?: number;
  /** Second port of the administration API; 0 picks a free one, false opens none. Default 5300. */
  readonly administrationPort?: number | false;
  /** Address to listen on. Default 127.0.0.1: reachable from this machine only. */
  readonly host?: string;
  /** What exists at the start. */
  readonly entities?: Entities;
  /** Keeps entities and messages in this directory, over restarts and crashes. Default: in memory only. */
  readonly dataDirectory?: string;
  /** A clock for tests, moved by `advance`; the system's time by default. Tokens go by the time of day in any case. */
  readonly clock?: ManualClock;
  /** Takes every token without verifying signature and age. Default false. */
  readonly acceptAnyToken?: boolean;
  /** Locks end with their link, instead of living on until they expire. Default false. */
  readonly locksEndWithLink?: boolean;
  /** Bound on all stored messages together, in bytes; beyond it senders get a quota error. Default 4 GiB. */
  readonly maxStoredBytes?: number;
  /** Default 1,000. */
  readonly maxConnections?: number;
  /** Per connection. Default 5,000. */
  readonly maxLinks?: number;
  /** Time a client has to open its connection, in milliseconds. Default 10,000. */
  readonly handshakeTimeoutMs?: number;
}
