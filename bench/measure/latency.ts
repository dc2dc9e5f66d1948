import { type Broker } from '../broker/broker.js';
import { type Candidate } from '../candidates/candidate.js';
import { assignmentOn, openCandidate } from '../candidates/start-candidate.js';
import { atRest } from './at-rest.js';
import { makeOrders } from './make-orders.js';
import { percentile } from './statistics.js';

/** Requests at a steady rate, sent whether or not earlier replies have arrived. */
export interface Pace {
  readonly requestsPerSecond: number;
  readonly seconds: number;
  readonly concurrency: number;
}

export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const WARM_UP_SECONDS = 2;
const BYTES = 100;
const LAST_REPLY_TIMEOUT_MS = 10_000;

/** Measures from just before a request is sent until its reply arrives. */
export async function measureLatency(broker: Broker, candidate: Candidate, pace: Pace): Promise<Latency> {
  const warmUp = pace.requestsPerSecond * WARM_UP_SECONDS;
  const total = warmUp + pace.requestsPerSecond * pace.seconds;
  await broker.reset();
  const child = openCandidate(candidate);
  try {
    await child.ask('start', assignmentOn(broker, pace.concurrency));
    const sentAtMs = new Float64Array(total);
    const latenciesMs: number[] = [];
    let replies = 0;
    let done: () => void;
    const finished = new Promise<void>((resolve) => (done = resolve));
    const requester = await broker.requester(candidate.wrap, (id) => {
      if (id >= warmUp) latenciesMs.push(performance.now() - (sentAtMs[id] ?? 0));
      if (++replies === total) done();
    });
    const sends: Promise<void>[] = [];
    const startMs = performance.now();
    for (const order of makeOrders(total, BYTES)) {
      await until(startMs + (order.id * 1_000) / pace.requestsPerSecond);
      sentAtMs[order.id] = performance.now();
      sends.push(requester.request(order));
    }
    await Promise.all(sends);
    await Promise.race([finished, failAfter(LAST_REPLY_TIMEOUT_MS, () => `${replies} of ${total} replies`)]);
    await requester.close();
    await atRest(child);
    return { p50Ms: percentile(latenciesMs, 0.5), p99Ms: percentile(latenciesMs, 0.99) };
  } finally {
    await child.close();
  }
}

async function until(timeMs: number): Promise<void> {
  const waitMs = timeMs - performance.now();
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
}

function failAfter(timeoutMs: number, problem: () => string): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(problem())), timeoutMs).unref();
  });
}
