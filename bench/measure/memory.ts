import { INPUT_QUEUE, OUTPUT_QUEUE } from '../broker/broker.js';
import { ServiceBusBroker } from '../broker/service-bus-broker.js';
import { type Usage } from '../candidates/candidate-process.js';
import { assignmentOn, openCandidate } from '../candidates/start-candidate.js';
import { type Options } from '../options.js';
import { decimal, mebibytes, whole } from '../report/format.js';
import { say } from '../report/say.js';
import { type Section } from '../report/section.js';
import { table } from '../report/table.js';
import { makeOrders } from './make-orders.js';

interface Sample {
  readonly messages: number;
  readonly rssBytes: number;
  readonly peakRssBytes: number;
}

const CONCURRENCY = 100;
const BYTES = 100;
const SAMPLES = 10;
const LOW_LEVEL = 10_000;
const CHUNK = 10_000;
/** Results expire, because nobody reads them. */
const RESULT_LIFE_MS = 1_000;
const POLL_EVERY_MS = 20;

/** Sends all messages through one process of A, and records its resident memory after each tenth of them. */
export async function measureMemory({ quick }: Pick<Options, 'quick'>): Promise<Section> {
  const total = quick ? 100_000 : 1_000_000;
  const broker = await ServiceBusBroker.start({
    queues: [INPUT_QUEUE, { name: OUTPUT_QUEUE, defaultMessageTimeToLiveMs: RESULT_LIFE_MS }],
  });
  try {
    return toSection(await feed(broker, total));
  } finally {
    await broker.close();
  }
}

async function feed(broker: ServiceBusBroker, total: number): Promise<Sample[]> {
  const child = openCandidate({ module: './a-transport.js' });
  const samples: Sample[] = [];
  try {
    await child.ask('start', assignmentOn(broker, CONCURRENCY));
    for (let sent = 0; samples.length < SAMPLES;) {
      const left = await broker.inputLeft();
      if (sent - left >= (total / SAMPLES) * (samples.length + 1)) {
        const { rssBytes, peakRssBytes } = await child.ask<Usage>('usage');
        samples.push({ messages: sent - left, rssBytes, peakRssBytes });
        say(`memory: ${mebibytes(rssBytes)} MiB after ${whole(sent - left)} messages`);
      }
      if (sent < total && left < LOW_LEVEL) {
        await broker.fill(makeOrders(CHUNK, BYTES, sent), (order) => order);
        sent += CHUNK;
      } else await new Promise((resolve) => setTimeout(resolve, POLL_EVERY_MS));
    }
    return samples;
  } finally {
    await child.close();
  }
}

function toSection(samples: Sample[]): Section {
  const first = samples[0]?.rssBytes ?? Number.NaN;
  const rows = samples.map(({ messages, rssBytes, peakRssBytes }) => [
    whole(messages),
    mebibytes(rssBytes),
    decimal(rssBytes / first),
    mebibytes(peakRssBytes),
  ]);
  return {
    name: 'memory',
    markdown: table(['messages through one process of A', 'RSS MiB', 'ratio to the first', 'peak MiB'], rows),
    figures: samples,
  };
}
