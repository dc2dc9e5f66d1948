import { type Broker } from '../model/namespace/broker.js';
import { type Authorizer } from './authorization/authorizer.js';
import { type LockTokens } from './codec/delivery/lock-token.js';
import { type Faults } from './faults/faults.js';

/** What every connection of one emulator works with. */
export interface AmqpContext {
  readonly broker: Broker;
  readonly authorizer: Authorizer;
  readonly lockTokens: LockTokens;
  readonly faults: Faults;
  readonly newMessageId: () => string;
  /** Locks end when their link does, instead of living on: both are told of the cloud. */
  readonly locksEndWithLink: boolean;
  /** Calls back once all that has been accepted so far is durable; at once for a broker in memory. */
  readonly whenDurable: (done: () => void) => void;
}
