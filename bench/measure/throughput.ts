import { type Broker } from '../broker/broker.js';
import { type Usage } from '../candidates/candidate-process.js';
import { type Candidate } from '../candidates/candidate.js';
import { type Order } from '../candidates/order.js';
import { type Assignment } from '../candidates/running.js';
import { assignmentOn, openCandidate } from '../candidates/start-candidate.js';
import { type Child } from '../process/child.js';
import { atRest } from './at-rest.js';
import { makeOrders } from './make-orders.js';

/** The work of one round. */
export interface Work {
  readonly bytes: number;
  readonly messages: number;
  readonly concurrency: number;
}

/** What one candidate did in one round. */
export interface Throughput {
  readonly messagesPerSecond: number;
  readonly cpuMicrosecondsPerMessage: number;
  readonly peakRssBytes: number;
}

/** What differs from the usual round. */
export interface Variation {
  readonly assignment?: Partial<Assignment>;
  fill?(orders: Iterable<Order>): Promise<void>;
  /** Called when the clock starts, and when it has stopped. */
  begin?(child: Child): Promise<void>;
  end?(child: Child): Promise<void>;
}

/** A candidate has sent all results, and has left messages of the input unsettled. */
export class UnsettledError extends Error {
  override readonly name = 'UnsettledError';

  constructor(readonly count: number) {
    super(`${count} input messages were not settled`);
  }
}

/** Of the messages, this part comes before the clock starts: links, compiled code and caches are warm then. */
const WARM_UP_SHARE = 0.1;
const SETTLE_TIMEOUT_MS = 10_000;

/** Prefilled input queue → handler → output queue, from when a tenth has come out until all have. */
export async function measureThroughput(
  broker: Broker,
  candidate: Candidate,
  work: Work,
  variation: Variation = {},
): Promise<Throughput> {
  const messages = Math.round(work.messages * candidate.share);
  const warmUp = Math.round(messages * WARM_UP_SHARE);
  await broker.reset();
  const orders = makeOrders(warmUp + messages, work.bytes);
  await (variation.fill?.(orders) ?? broker.fill(orders, candidate.wrap));
  const child = openCandidate(candidate);
  try {
    const warm = broker.whenOutputs(warmUp);
    const assignment = { ...assignmentOn(broker, work.concurrency), ...variation.assignment };
    await Promise.all([child.ask('start', assignment), warm]);
    await variation.begin?.(child);
    const before = await child.ask<Usage>('usage');
    const [begin, end] = [await warm, await broker.whenOutputs(warmUp + messages)];
    const after = await child.ask<Usage>('usage');
    await variation.end?.(child);
    await assertSettled(broker, child, candidate);
    return {
      messagesPerSecond: (end.count - begin.count) / ((end.atMs - begin.atMs) / 1_000),
      cpuMicrosecondsPerMessage: (after.cpuMicroseconds - before.cpuMicroseconds) / messages,
      peakRssBytes: after.peakRssBytes,
    };
  } finally {
    await child.close();
  }
}

async function assertSettled(broker: Broker, child: Child, { platform }: Candidate): Promise<void> {
  if (platform === 'rabbitmq') {
    // RabbitMQ counts a message again only when its consumer has gone without acknowledging it.
    await atRest(child);
    await child.close();
  }
  const deadline = performance.now() + SETTLE_TIMEOUT_MS;
  let left = await broker.inputLeft();
  while (left > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    left = await broker.inputLeft();
  }
  if (left > 0) throw new UnsettledError(left);
}
