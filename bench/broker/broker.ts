import { type Order } from '../candidates/order.js';
import { type Counted } from './standstill.js';

/** What candidates read from and send to, whatever the broker. */
export const INPUT_QUEUE = 'orders';
export const OUTPUT_QUEUE = 'results';

/** How an order stands in a message: plain, or as a framework wants it wrapped. */
export type Wrap = (order: Order) => object;

/** Sends requests, and hears of the replies by the order's id. */
export interface Requester {
  request(order: Order): Promise<void>;
  close(): Promise<void>;
}

/** What a round needs of a broker. */
export interface Broker {
  /** What a candidate connects with. */
  readonly address: string;
  /** Empties the queues. */
  reset(): Promise<void>;
  /** Puts messages into the input queue. */
  fill(orders: Iterable<Order>, wrap: Wrap): Promise<void>;
  /** Resolves when the output queue has so many messages; rejects with a StandstillError. */
  whenOutputs(count: number): Promise<Counted>;
  /** Messages in the input queue. */
  inputLeft(): Promise<number>;
  requester(wrap: Wrap, replied: (id: number) => void): Promise<Requester>;
  close(): Promise<void>;
}
