import { INPUT_QUEUE, OUTPUT_QUEUE } from '../broker/broker.js';
import { ServiceBusBroker, toMessage } from '../broker/service-bus-broker.js';
import { type Candidate } from '../candidates/candidate.js';
import { type Order } from '../candidates/order.js';
import { type Options } from '../options.js';
import { decimal, whole, withSpread } from '../report/format.js';
import { say } from '../report/say.js';
import { type Section } from '../report/section.js';
import { table } from '../report/table.js';
import { ratios, spread } from './statistics.js';
import { measureThroughput, type Throughput } from './throughput.js';

interface Size {
  readonly title: string;
  readonly handlers: number;
  readonly bindings: number;
  /** The size that this one is compared with. */
  readonly base: number;
}

const SIZES: readonly Size[] = [
  { title: '1 handler, 1 binding', handlers: 1, bindings: 1, base: 0 },
  { title: '500 handlers, 1 binding', handlers: 500, bindings: 1, base: 0 },
  { title: '200 bindings, 1 handler each', handlers: 1, bindings: 200, base: 0 },
];
const MOST_BINDINGS = 200;
const CONCURRENCY = 100;
/** What 200 bindings hold before the first handler ends, three times: the clock starts when they work evenly. */
const WARM_UP = 3 * MOST_BINDINGS * 16;
const BYTES = 100;
const CANDIDATE: Candidate = {
  id: 'A',
  title: 'our transport',
  platform: 'service-bus',
  module: './a-growth.js',
  wrap: (order) => order,
  share: 1,
};
const HEADER = ['A with', 'messages/s', 'CPU µs/message', 'CPU ratio to 1 and 1'];

/** Measures whether a message costs more with many handlers or many bindings. */
export async function measureGrowth({ rounds, quick }: Pick<Options, 'rounds' | 'quick'>): Promise<Section> {
  const messages = quick ? 20_000 : 40_000;
  const inputs = Array.from({ length: MOST_BINDINGS }, (_, index) => `${INPUT_QUEUE}-${index}`);
  const broker = await ServiceBusBroker.start({ queues: [...inputs, OUTPUT_QUEUE] });
  try {
    const figures = SIZES.map((): Throughput[] => []);
    for (let round = 1; round <= rounds; round++) {
      for (const [index, size] of SIZES.entries()) {
        const work = { bytes: BYTES, messages, concurrency: CONCURRENCY };
        const measured = await measureThroughput(broker, CANDIDATE, work, {
          assignment: { handlers: size.handlers, bindings: size.bindings },
          warmUp: WARM_UP,
          fill: (orders) => fillAll(broker, orders, size),
        });
        figures[index]?.push(measured);
        say(`growth, round ${round}, ${size.title}: ${JSON.stringify(measured)}`);
      }
    }
    return toSection(figures);
  } finally {
    await broker.close();
  }
}

/** Distributes the orders over all queues, and in each over all subjects. */
async function fillAll(
  broker: ServiceBusBroker,
  orders: Iterable<Order>,
  { handlers, bindings }: Size,
): Promise<void> {
  const all = [...orders];
  for (let queue = 0; queue < bindings; queue++) {
    const messages = all
      .filter(({ id }) => id % bindings === queue)
      .map((order) => ({
        ...toMessage(order, CANDIDATE.wrap),
        subject: `subject-${Math.floor(order.id / bindings) % handlers}`,
      }));
    await broker.send(`${INPUT_QUEUE}-${queue}`, messages);
  }
}

function toSection(figures: readonly Throughput[][]): Section {
  const cpu = figures.map((rounds) => rounds.map((round) => round.cpuMicrosecondsPerMessage));
  const rows = SIZES.map(({ title, base }, index) => {
    const ratio = ratios(cpu[index] ?? [], cpu[base] ?? []);
    const rates = (figures[index] ?? []).map((round) => round.messagesPerSecond);
    return [
      title,
      withSpread(spread(rates), whole),
      withSpread(spread(cpu[index] ?? []), whole),
      ratio ? withSpread(ratio, decimal) : '–',
    ];
  });
  return { name: 'growth', markdown: table(HEADER, rows), figures };
}
