import { type Order } from '../candidates/order.js';
import { type Counted } from './standstill.js';

/** The queues of the candidates, the same for every broker. */
export const INPUT_QUEUE = 'orders';
export const OUTPUT_QUEUE = 'results';

/** How a message contains an order: plain, or wrapped as a framework requires. */
export type Wrap = (order: Order) => object;

/** Sends requests, and matches replies by the order's id. */
export interface Requester {
  request(order: Order): Promise<void>;
  close(): Promise<void>;
}

/** What a round needs from a broker. */
export interface Broker {
  /** The address that a candidate connects to. */
  readonly address: string;
  /** Empties the queues. */
  reset(): Promise<void>;
  /** Sends messages to the input queue. */
  fill(orders: Iterable<Order>, wrap: Wrap): Promise<void>;
  /** Resolves when the output queue has `count` messages; rejects with a StandstillError. */
  whenOutputs(count: number): Promise<Counted>;
  /** Number of messages in the input queue. */
  inputLeft(): Promise<number>;
  requester(wrap: Wrap, replied: (id: number) => void): Promise<Requester>;
  close(): Promise<void>;
}
