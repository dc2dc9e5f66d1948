import { fileURLToPath } from 'node:url';

import { Brokers } from '../broker/brokers.js';
import { type Broker, INPUT_QUEUE, OUTPUT_QUEUE } from '../broker/broker.js';
import { FarBroker } from '../broker/far-broker.js';
import { ServiceBusBroker, toMessage } from '../broker/service-bus-broker.js';
import { absence, type Candidate, CANDIDATES } from '../candidates/candidate.js';
import { type Assignment } from '../candidates/running.js';
import { assignmentOn, openCandidate } from '../candidates/start-candidate.js';
import { type Options } from '../options.js';
import { Child } from '../process/child.js';
import { Service } from '../process/service.js';
import { clientSection, distanceGoalsSection, farSection } from '../report/distance-section.js';
import { say } from '../report/say.js';
import { type Section } from '../report/section.js';
import { type Pace } from './latency.js';
import { makeOrders } from './make-orders.js';
import { oneByOne } from './one-by-one.js';

/** A way of work that candidates are compared in, at a distance. */
export interface FarWork {
  readonly name: string;
  readonly roundTripMs: number;
  readonly concurrency: number;
  readonly workMs: number;
  readonly hasSessions: boolean;
}

/** A candidate as it runs at a distance, with its figures: messages per second, one of each round. */
export interface FarSeries {
  readonly id: string;
  readonly title: string;
  readonly rates: number[];
}

/** What a client measures at a distance, one figure of each round. */
export interface ClientFigures {
  readonly roundTripMs: number;
  /** Of a few bytes, through the same proxy: what a round trip takes at least. */
  readonly echoesMs: number[];
  readonly requestsAtPaceMs: number[];
  readonly requestsOneByOneMs: number[];
  readonly emitsOneByOneMs: number[];
  readonly emitsAtOnce: number[];
  readonly sdkSendsAtOnce: number[];
  /** `POST /send` to the whole service. */
  readonly postsOneByOneMs: number[];
}

interface FarCandidate extends Pick<Candidate, 'id' | 'title' | 'platform' | 'module' | 'wrap'> {
  readonly assignment?: Partial<Assignment>;
}

const ROUND_TRIPS_MS = [2, 10, 50];
/** There is no way at all, to compare with. */
const NEAR = 0;
/** Where goals tell of more than A and its peers. */
const VARIANTS_AT_MS = 10;
const KINDS = [
  { name: '16', concurrency: 16, workMs: 0, hasSessions: false },
  { name: '100', concurrency: 100, workMs: 0, hasSessions: false },
  { name: '16-work', concurrency: 16, workMs: 20, hasSessions: false },
  { name: 'sessions', concurrency: 8, workMs: 0, hasSessions: true },
];
const WORKS: readonly FarWork[] = [NEAR, ...ROUND_TRIPS_MS].flatMap((roundTripMs) =>
  // What is limited by its handlers, or by a session's order, is not compared without a way.
  KINDS.filter(({ workMs, hasSessions }) => roundTripMs > NEAR || (workMs === 0 && !hasSessions)).map(
    (kind) => ({ ...kind, name: `${roundTripMs}ms-${kind.name}`, roundTripMs }),
  ),
);
const BYTES = 100;
/** Enough for the fastest: what is left when the time is over is thrown away. */
const MESSAGES = 160_000;
/** At the longest distance. */
const FAR_MESSAGES = 60_000;
/** Of the SDK's loops at a distance. */
const LOOP_MESSAGES = 40_000;
/** Where handlers that work set the limit. */
const FEWER_MESSAGES = 16_000;
/** With an adaptive limit, work is no limit. */
const ADAPTIVE_MESSAGES = 60_000;
const SESSION_MESSAGES = 8_000;
/** Prefetch takes so long to learn how much the handlers do. */
const WARM_UP_MS = 2_000;
const MEASURED_MS = 1_600;
const POLL_EVERY_MS = 100;
const LAST_SHARE = 0.95;
const PACE: Pace = { requestsPerSecond: 200, seconds: 3, concurrency: 100 };
const ONE_BY_ONE = 60;
const CLIENT_PROGRAM = fileURLToPath(new URL('./client-process.js', import.meta.url));

/** Measures the transport beside others with a network of some milliseconds between them and the broker. */
export async function measureDistance(options: Options): Promise<Section[]> {
  const isWanted = (name: string): boolean => options.work?.some((prefix) => name.startsWith(prefix)) ?? true;
  const works = WORKS.filter(({ name }) => isWanted(name));
  const measured = new Map<FarWork, FarSeries[]>();
  for (const work of works) measured.set(work, await compare(work, options));
  const clients: ClientFigures[] = [];
  for (const roundTripMs of ROUND_TRIPS_MS.filter((ms) => isWanted(`${ms}ms-client`))) {
    clients.push(await measureClient(roundTripMs, options));
  }
  return [distanceGoalsSection(measured, clients), farSection(measured), clientSection(clients)];
}

/** The candidates that can do this work on this machine. */
function candidatesFor(
  { roundTripMs, hasSessions, concurrency }: FarWork,
  { only }: Options,
): FarCandidate[] {
  const of = (id: string): Candidate[] =>
    CANDIDATES.filter((each) => each.id === id && absence(each) === undefined);
  const [transport] = of('A');
  if (!transport) return [];
  const slow = { ...transport, id: 'AS', title: 'A without the fast lane', assignment: { fastLane: false } };
  const auto = { ...transport, id: 'AA', title: 'A, adaptive', assignment: { isAdaptive: true } };
  const all: FarCandidate[] = hasSessions
    ? [
        { ...transport, module: './a-sessions.js' },
        { ...slow, module: './a-sessions.js' },
        { ...transport, id: 'B', title: 'bare SDK, loop', module: './b-sdk-sessions.js' },
      ]
    : [
        transport,
        slow,
        ...(concurrency === 16 ? [auto] : []),
        ...['AN', 'B', 'C', 'D', 'E'].flatMap((id) => of(id)),
      ];
  const variants = roundTripMs === VARIANTS_AT_MS ? [] : ['AS', 'AA', 'AN'];
  return all.filter(({ id }) => (only?.includes(id) ?? true) && !variants.includes(id));
}

async function compare(work: FarWork, options: Options): Promise<FarSeries[]> {
  const candidates = candidatesFor(work, options);
  const series = candidates.map(({ id, title }): FarSeries => ({ id, title, rates: [] }));
  const brokers = new Brokers();
  const withSessions = work.hasSessions ? await startWithSessions() : undefined;
  try {
    for (let round = 1; round <= options.rounds; round++) {
      for (const [index, candidate] of candidates.entries()) {
        const broker = withSessions ?? (await brokers.get(candidate.platform));
        const rate = await measureRate(broker, candidate, work, options.quick);
        series[index]?.rates.push(rate);
        say(`${work.name}, round ${round}, ${candidate.id}: ${Math.round(rate)} messages/s`);
      }
    }
  } finally {
    await brokers.close();
    await withSessions?.close();
  }
  return series;
}

function startWithSessions(): Promise<ServiceBusBroker> {
  return ServiceBusBroker.start({ queues: [{ name: INPUT_QUEUE, requiresSession: true }, OUTPUT_QUEUE] });
}

/** Messages per second, from some time after the first until the time is over, or all are done. */
async function measureRate(
  broker: Broker,
  candidate: FarCandidate,
  work: FarWork,
  isQuick: boolean,
): Promise<number> {
  await broker.reset();
  const messages = messagesFor(work, candidate);
  const orders = makeOrders(messages, BYTES);
  // It loads its modules meanwhile.
  const child = openCandidate(candidate);
  let far: FarBroker | undefined;
  try {
    if (work.hasSessions) await fillSessions(broker as ServiceBusBroker, orders, work.concurrency);
    else await broker.fill(orders, candidate.wrap);
    if (work.roundTripMs > NEAR) far = await FarBroker.of(broker.address, work.roundTripMs);
    const { concurrency, workMs } = work;
    const { address } = far ?? broker;
    await child.ask('start', {
      ...assignmentOn(broker, concurrency),
      address,
      workMs,
      ...candidate.assignment,
    });
    await broker.whenOutputs(1);
    await pause(WARM_UP_MS);
    const begin = await broker.whenOutputs(0);
    let end = begin;
    const untilMs = performance.now() + (isQuick ? MEASURED_MS / 2 : MEASURED_MS);
    while (performance.now() < untilMs) {
      await pause(POLL_EVERY_MS);
      const now = await broker.whenOutputs(0);
      // The last ones come slower than what the candidate can do.
      if (now.count > messages * LAST_SHARE) break;
      end = now;
    }
    if (end === begin) throw new Error(`${work.name}: there are too few messages`);
    return (end.count - begin.count) / ((end.atMs - begin.atMs) / 1_000);
  } finally {
    // Closing waits for thousands of sends that are on their way.
    await child.kill();
    await far?.close();
  }
}

function messagesFor({ roundTripMs, hasSessions, workMs }: FarWork, { id }: FarCandidate): number {
  if (hasSessions) return SESSION_MESSAGES;
  if (workMs > 0) return id === 'AA' ? ADAPTIVE_MESSAGES : FEWER_MESSAGES;
  if ((id === 'B' || id === 'C') && roundTripMs > NEAR) return LOOP_MESSAGES;
  return roundTripMs > VARIANTS_AT_MS ? FAR_MESSAGES : MESSAGES;
}

function fillSessions(
  broker: ServiceBusBroker,
  orders: ReturnType<typeof makeOrders>,
  sessions: number,
): Promise<void> {
  const messages = [...orders].map((order) => ({
    ...toMessage(order, (each) => each),
    sessionId: `session-${order.id % sessions}`,
  }));
  return broker.send(INPUT_QUEUE, messages);
}

async function measureClient(roundTripMs: number, { rounds, quick }: Options): Promise<ClientFigures> {
  const figures: ClientFigures = {
    roundTripMs,
    echoesMs: [],
    requestsAtPaceMs: [],
    requestsOneByOneMs: [],
    emitsOneByOneMs: [],
    emitsAtOnce: [],
    sdkSendsAtOnce: [],
    postsOneByOneMs: [],
  };
  const broker = await ServiceBusBroker.start({ queues: [INPUT_QUEUE, OUTPUT_QUEUE, 'events'] });
  const far = await FarBroker.of(broker.address, roundTripMs);
  try {
    for (let round = 1; round <= rounds; round++) {
      await broker.reset();
      figures.echoesMs.push(await FarBroker.echoMs(roundTripMs));
      await measureClientRound(far.address, broker, figures, quick);
      say(`client at ${roundTripMs} ms, round ${round}: ${JSON.stringify(figures)}`);
    }
  } finally {
    await far.close();
    await broker.close();
  }
  return figures;
}

async function measureClientRound(
  address: string,
  broker: Broker,
  figures: ClientFigures,
  isQuick: boolean,
): Promise<void> {
  const service = openCandidate({ module: './a-transport.js' });
  const client = new Child(CLIENT_PROGRAM);
  try {
    await service.ask('start', { ...assignmentOn(broker, PACE.concurrency), address });
    await client.ask('start', { address, queue: INPUT_QUEUE, events: 'events', replyQueue: OUTPUT_QUEUE });
    const count = isQuick ? ONE_BY_ONE / 2 : ONE_BY_ONE;
    figures.requestsOneByOneMs.push(await client.ask('requestsOneByOne', count));
    figures.requestsAtPaceMs.push(await client.ask('requestsAtPace', PACE));
    figures.emitsOneByOneMs.push(await client.ask('emitsOneByOne', count));
    figures.emitsAtOnce.push(await client.ask('emitsAtOnce', 2_000));
    figures.sdkSendsAtOnce.push(await client.ask('sdkSendsAtOnce', 2_000));
  } finally {
    await client.close();
    await service.close();
  }
  await broker.reset();
  figures.postsOneByOneMs.push(await postsOneByOne(address, isQuick ? ONE_BY_ONE / 2 : ONE_BY_ONE));
}

/** The service answers when the broker, which is far from it, has accepted; it is near to its own client. */
async function postsOneByOne(address: string, count: number): Promise<number> {
  const service = await Service.start(address, {
    APPS: 'relay',
    RELAY_IN_QUEUE: 'events',
    RELAY_OUT_QUEUE: 'events',
  });
  try {
    return await oneByOne(count, (order) => service.post('/send', JSON.stringify(order)));
  } finally {
    await service.close();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
