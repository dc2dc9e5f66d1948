import { type Broker } from '../broker/broker.js';
import { StandstillError } from '../broker/standstill.js';
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

/** The result of one candidate in one round. */
export interface Throughput {
  readonly messagesPerSecond: number;
  readonly cpuMicrosecondsPerMessage: number;
  readonly peakRssBytes: number;
}

/** Options for a special round. */
export interface Variation {
  readonly assignment?: Partial<Assignment>;
  /**
   * So many messages are handled before the clock starts, by the candidate's own count: with very many in hand, results
   * come out by thousands. Default: the clock starts when a tenth of those that are measured have come out.
   */
  readonly warmUp?: number;
  fill?(orders: Iterable<Order>): Promise<void>;
  /** Called when the clock starts, and when it stops. */
  begin?(child: Child): Promise<void>;
  end?(child: Child): Promise<void>;
}

/** A candidate has sent all results, but left input messages unsettled. */
export class UnsettledError extends Error {
  override readonly name = 'UnsettledError';

  constructor(readonly count: number) {
    super(`${count} input messages were not settled`);
  }
}

/** The candidate was done before the clock had started. */
export class TooFewMessagesError extends Error {
  override readonly name = 'TooFewMessagesError';

  constructor(readonly messages: number) {
    super(`all ${messages} messages were processed before the clock started: there are too few`);
  }
}

/** Share of the messages processed before the clock starts, to warm up links, compiled code and caches. */
const WARM_UP_SHARE = 0.1;
const SETTLE_TIMEOUT_MS = 10_000;
const HANDLED_TIMEOUT_MS = 120_000;

/** Measures prefilled input queue → handler → output queue, from a tenth of the outputs until all. */
export async function measureThroughput(
  broker: Broker,
  candidate: Candidate,
  work: Work,
  variation: Variation = {},
): Promise<Throughput> {
  const messages = Math.round(work.messages * candidate.share);
  const warmUp = variation.warmUp ?? Math.round(messages * WARM_UP_SHARE);
  await broker.reset();
  const orders = makeOrders(warmUp + messages, work.bytes);
  await (variation.fill?.(orders) ?? broker.fill(orders, candidate.wrap));
  const child = openCandidate(candidate);
  try {
    const warm = variation.warmUp === undefined ? broker.whenOutputs(warmUp) : undefined;
    const assignment = { ...assignmentOn(broker, work.concurrency), ...variation.assignment };
    await Promise.all([child.ask('start', assignment), warm]);
    await variation.begin?.(child);
    const before = await (variation.warmUp === undefined
      ? child.ask<Usage>('usage')
      : whenHandled(child, warmUp));
    const begin = (await warm) ?? { ...before, count: before.handled };
    const end = await broker.whenOutputs(warmUp + messages);
    const after = await child.ask<Usage>('usage');
    // It says itself how many messages it has handled by then: asking it takes a while when it is busy.
    const handled = after.handled - before.handled;
    if (begin.count >= end.count || handled <= 0) throw new TooFewMessagesError(end.count);
    await variation.end?.(child);
    await assertSettled(broker, child, candidate);
    return {
      messagesPerSecond: (end.count - begin.count) / ((end.atMs - begin.atMs) / 1_000),
      cpuMicrosecondsPerMessage: (after.cpuMicroseconds - before.cpuMicroseconds) / handled,
      peakRssBytes: after.peakRssBytes,
    };
  } finally {
    await child.close();
  }
}

/** Asks now and then how many messages the candidate has handled. */
async function whenHandled(child: Child, count: number): Promise<Usage> {
  const deadline = performance.now() + HANDLED_TIMEOUT_MS;
  for (;;) {
    const usage = await child.ask<Usage>('usage');
    if (usage.handled >= count) return usage;
    if (performance.now() > deadline) throw new StandstillError(usage.handled, count);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function assertSettled(broker: Broker, child: Child, { platform }: Candidate): Promise<void> {
  if (platform === 'rabbitmq') {
    // RabbitMQ counts an unacknowledged message again only once its consumer is gone.
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
