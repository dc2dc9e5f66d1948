import { INPUT_QUEUE, OUTPUT_QUEUE } from '../broker/broker.js';
import { ServiceBusBroker } from '../broker/service-bus-broker.js';
import { type Options } from '../options.js';
import { Service } from '../process/service.js';
import { decimal, whole, withSpread } from '../report/format.js';
import { say } from '../report/say.js';
import { type Section } from '../report/section.js';
import { table } from '../report/table.js';
import { makeOrders } from './make-orders.js';
import { ratios, spread } from './statistics.js';

const WORKERS = [1, 2] as const;
/** Long enough for counting to take milliseconds, so that the processor is the bottleneck, not the broker. */
const TEXT = 'The quick brown fox jumps over the lazy dog. '.repeat(400);
const WARM_UP_SHARE = 0.2;
const LEAST = 1.6;

/** Measures the service's counter on long texts, with one worker process and with two. */
export async function measureWorkers({ rounds, quick }: Pick<Options, 'rounds' | 'quick'>): Promise<Section> {
  const messages = quick ? 200 : 500;
  const broker = await ServiceBusBroker.start({ queues: [INPUT_QUEUE, OUTPUT_QUEUE] });
  try {
    const rates = WORKERS.map((): number[] => []);
    for (let round = 1; round <= rounds; round++) {
      for (const [index, workers] of WORKERS.entries()) {
        const rate = await messagesPerSecond(broker, workers, messages);
        rates[index]?.push(rate);
        say(`workers, round ${round}, WORKERS=${workers}: ${whole(rate)} messages/s`);
      }
    }
    const ratio = ratios(rates[1] ?? [], rates[0] ?? []);
    const rows = WORKERS.map((workers, index) => [
      String(workers),
      withSpread(spread(rates[index] ?? []), whole),
      index === 0 || !ratio ? '1.00' : withSpread(ratio, decimal),
    ]);
    const markdown = [
      `${whole(messages)} texts of ${whole(TEXT.length)} characters, counted by the service, ${rounds} rounds: median (least–most). Wanted: ≥ ${LEAST}`,
      '',
      table(['WORKERS', 'messages/s', 'ratio to 1'], rows),
    ].join('\n');
    return { name: 'workers', markdown, figures: rates };
  } finally {
    await broker.close();
  }
}

async function messagesPerSecond(
  broker: ServiceBusBroker,
  workers: number,
  messages: number,
): Promise<number> {
  const warmUp = Math.round(messages * WARM_UP_SHARE);
  await broker.reset();
  await broker.fill(makeOrders(warmUp + messages, 100), ({ id }) => ({ text: `${id} ${TEXT}` }));
  const service = await Service.start(broker.address, {
    APPS: 'counter',
    COUNTER_IN_QUEUE: INPUT_QUEUE,
    COUNTER_OUT_QUEUE: OUTPUT_QUEUE,
    WORKERS: String(workers),
  });
  try {
    const begin = await broker.whenOutputs(warmUp);
    const end = await broker.whenOutputs(warmUp + messages);
    return (end.count - begin.count) / ((end.atMs - begin.atMs) / 1_000);
  } finally {
    await service.close();
  }
}
