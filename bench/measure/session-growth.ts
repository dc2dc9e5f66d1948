import { INPUT_QUEUE, OUTPUT_QUEUE } from '../broker/broker.js';
import { ServiceBusBroker, toMessage } from '../broker/service-bus-broker.js';
import { type Usage } from '../candidates/candidate-process.js';
import { assignmentOn, openCandidate } from '../candidates/start-candidate.js';
import { type Options } from '../options.js';
import { decimal, mebibytes, whole, withSpread } from '../report/format.js';
import { say } from '../report/say.js';
import { type Section } from '../report/section.js';
import { table } from '../report/table.js';
import { makeOrders } from './make-orders.js';
import { ratios, spread } from './statistics.js';

interface Round {
  readonly messagesPerSecond: number;
  readonly cpuMicrosecondsPerMessage: number;
  readonly rssBytes: number;
}

const BYTES = 100;
const HEADER = ['sessions held', 'messages/s', 'CPU µs/message', 'CPU ratio to 1', 'RSS MiB'];

/** Measures the cost of a message with one session held and with very many, all accepted beforehand. */
export async function measureSessionGrowth({
  rounds,
  quick,
}: Pick<Options, 'rounds' | 'quick'>): Promise<Section> {
  const sizes = quick ? [1, 500] : [1, 100, 4_000];
  const messages = quick ? 2_000 : 20_000;
  const broker = await ServiceBusBroker.start({
    queues: [{ name: INPUT_QUEUE, requiresSession: true }, OUTPUT_QUEUE],
  });
  try {
    const figures = sizes.map((): Round[] => []);
    for (let round = 1; round <= rounds; round++) {
      for (const [index, sessions] of sizes.entries()) {
        const measured = await measureSessions(broker, sessions, messages);
        figures[index]?.push(measured);
        say(`sessions, round ${round}, ${whole(sessions)} held: ${JSON.stringify(measured)}`);
      }
    }
    return toSection(sizes, figures);
  } finally {
    await broker.close();
  }
}

async function measureSessions(broker: ServiceBusBroker, sessions: number, messages: number): Promise<Round> {
  await broker.reset();
  const child = openCandidate({ module: './a-sessions.js' });
  try {
    // Send a first message to each session, so that all are held when the clock starts.
    await fill(broker, sessions, sessions, 0);
    await child.ask('start', assignmentOn(broker, sessions));
    await broker.whenOutputs(sessions);
    const warmUp = Math.round(messages / 10);
    await fill(broker, sessions, warmUp, sessions);
    await broker.whenOutputs(sessions + warmUp);
    const before = await child.ask<Usage>('usage');
    const startMs = performance.now();
    await fill(broker, sessions, messages, sessions + warmUp);
    await broker.whenOutputs(sessions + warmUp + messages);
    const seconds = (performance.now() - startMs) / 1_000;
    const after = await child.ask<Usage>('usage');
    return {
      messagesPerSecond: messages / seconds,
      cpuMicrosecondsPerMessage: (after.cpuMicroseconds - before.cpuMicroseconds) / messages,
      rssBytes: after.rssBytes,
    };
  } finally {
    await child.close();
  }
}

function fill(broker: ServiceBusBroker, sessions: number, count: number, first: number): Promise<void> {
  const orders = [...makeOrders(count, BYTES, first)];
  return broker.send(
    INPUT_QUEUE,
    orders.map((order) => ({
      ...toMessage(order, (each) => each),
      sessionId: `session-${order.id % sessions}`,
    })),
  );
}

function toSection(sizes: readonly number[], figures: readonly Round[][]): Section {
  const of = (index: number, figure: keyof Round): number[] =>
    (figures[index] ?? []).map((round) => round[figure]);
  const rows = sizes.map((sessions, index) => {
    const ratio = ratios(of(index, 'cpuMicrosecondsPerMessage'), of(0, 'cpuMicrosecondsPerMessage'));
    return [
      whole(sessions),
      withSpread(spread(of(index, 'messagesPerSecond')), whole),
      withSpread(spread(of(index, 'cpuMicrosecondsPerMessage')), whole),
      ratio ? withSpread(ratio, decimal) : '–',
      withSpread(spread(of(index, 'rssBytes')), mebibytes),
    ];
  });
  return { name: 'session-growth', markdown: table(HEADER, rows), figures };
}
