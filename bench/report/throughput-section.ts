import { type Series } from '../measure/side-by-side.js';
import { ratios, spread } from '../measure/statistics.js';
import { type Throughput, type Work } from '../measure/throughput.js';
import { decimal, mebibytes, whole, withSpread } from './format.js';
import { type Section } from './section.js';
import { table } from './table.js';

const HEADER = ['candidate', 'messages/s', 'ratio to B', 'CPU µs/message', 'CPU ratio to C', 'peak MiB'];

/** The figures for one message size, each with its spread and its ratio to B or C. */
export function throughputSection(
  name: string,
  { bytes, messages, concurrency }: Work,
  series: readonly Series<Throughput>[],
  notes: readonly string[],
): Section {
  const of = (id: string, figure: keyof Throughput): number[] =>
    (series.find(({ candidate }) => candidate.id === id)?.rounds ?? []).map((round) => round[figure]);
  const rows = series.map(({ candidate: { id, title, share } }) => {
    const rates = of(id, 'messagesPerSecond');
    const cpu = of(id, 'cpuMicrosecondsPerMessage');
    const ratio = ratios(rates, of('B', 'messagesPerSecond'));
    const cpuRatio = ratios(cpu, of('C', 'cpuMicrosecondsPerMessage'));
    return [
      `${id} ${title}${share < 1 ? ` (${whole(messages * share)} messages)` : ''}`,
      withSpread(spread(rates), whole),
      ratio ? withSpread(ratio, decimal) : '–',
      withSpread(spread(cpu), whole),
      cpuRatio ? withSpread(cpuRatio, decimal) : '–',
      mebibytes(spread(of(id, 'peakRssBytes')).max),
    ];
  });
  const rounds = series[0]?.rounds.length ?? 0;
  const caption = `${whole(messages)} messages of ${whole(bytes)} bytes, concurrency ${concurrency}, ${rounds} rounds: median (least–most)`;
  return {
    name,
    markdown: [caption, '', table(HEADER, rows), ...notes.map((note) => `\n${note}`)].join('\n'),
    figures: Object.fromEntries(series.map(({ candidate, rounds: figures }) => [candidate.id, figures])),
  };
}
