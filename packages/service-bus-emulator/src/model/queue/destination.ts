import { type Arrival } from './message.js';

/** Whatever takes messages in: an entity, a dead-letter queue, a forwarder. */
export interface Destination {
  accept(nowMs: number, arrival: Arrival): void;
}
