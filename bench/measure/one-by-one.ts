import { makeOrders } from './make-orders.js';
import { percentile } from './statistics.js';

const BYTES = 100;
const WARM_UP = 20;

/** How long the work takes, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const beginMs = performance.now();
  await work();
  return performance.now() - beginMs;
}

/** Each after the one before; returns the median in milliseconds. */
export async function oneByOne(count: number, work: (order: object) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (const order of makeOrders(WARM_UP + count, BYTES)) times.push(await timed(() => work(order)));
  return percentile(times.slice(WARM_UP), 0.5);
}
