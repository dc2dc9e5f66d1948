import { type Queue } from '../../../../service-bus-emulator/src/model/queue/queue.js';
import { type LockWatch } from './lock-watch.js';
import { type SimulatedBroker } from './simulated-broker.js';
import { type SimulatedConnection } from './simulated-connection.js';

/** Where a receiver's messages are settled. */
export interface SettlementPlace {
  readonly broker: SimulatedBroker;
  readonly connection: SimulatedConnection;
  readonly queue: Queue;
  readonly locks: LockWatch;
}
