import { type Broker } from '../model/namespace/broker.js';
import { type MessageContent } from '../model/queue/message-content.js';
import { type Authorizer } from './authorization/authorizer.js';
import { type Claims } from './authorization/claims.js';
import { type LockTokens } from './codec/delivery/lock-token.js';
import { type Credits } from './credits.js';
import { type Faults } from './faults/faults.js';

/** What all connections of an emulator share. */
export interface AmqpContext {
  readonly broker: Broker;
  readonly clock: { now(): number; delay(milliseconds: number, action: () => void): void };
  readonly authorizer: Authorizer;
  readonly lockTokens: LockTokens;
  readonly faults: Faults;
  /** What the namespace may still do in this second. */
  readonly credits: Credits;
  readonly newMessageId: () => string;
  /** Whether message locks end with their link or last until they expire: the cloud has been seen to do both. */
  readonly locksEndWithLink: boolean;
  /** Whether links and connections that are not used are ended, as the cloud ends them. */
  readonly endsIdle: boolean;
  /** Whether peeked messages tell until when they are locked, which the cloud hides. */
  readonly peeksShowLocks: boolean;
  /** Calls `done` once everything accepted so far is durable; at once for a broker in memory. */
  readonly whenDurable: (done: () => void) => void;
  /** Is told of messages that an entity has accepted from a client. */
  readonly accepted: (entity: string, contents: readonly MessageContent[]) => void;
}

/** What all links of one connection share. */
export interface ConnectionContext extends AmqpContext {
  /** The host name, without a port, by which the client knows the namespace: texts of errors have it. */
  readonly host: string;
  /** What the client has proved. */
  readonly claims: Claims;
}
