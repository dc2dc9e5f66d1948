import { type Order } from '../candidates/order.js';

const CUSTOMER = 'Contoso, Redmond';

/** Makes orders numbered from `first` on, each of about `bytes` bytes as JSON. */
export function* makeOrders(count: number, bytes: number, first = 0): Generator<Order> {
  const bare = JSON.stringify({ id: 100_000, customer: CUSTOMER, text: '' }).length;
  const text = 'x'.repeat(Math.max(bytes - bare, 1));
  for (let id = first; id < first + count; id++) yield { id, customer: CUSTOMER, text };
}
