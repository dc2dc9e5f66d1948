import { type Latency, type Pace } from '../measure/latency.js';
import { type Series } from '../measure/side-by-side.js';
import { ratios, spread } from '../measure/statistics.js';
import { decimal, withSpread } from './format.js';
import { type Section } from './section.js';
import { table } from './table.js';

const HEADER = ['candidate', 'p50 ms', 'p99 ms', 'p99 ratio to B'];

/** Time from request to reply at a steady rate. */
export function latencySection(
  { requestsPerSecond, seconds }: Pace,
  series: readonly Series<Latency>[],
  notes: readonly string[],
): Section {
  const of = (id: string, figure: keyof Latency): number[] =>
    (series.find(({ candidate }) => candidate.id === id)?.rounds ?? []).map((round) => round[figure]);
  const rows = series.map(({ candidate: { id, title } }) => {
    const ratio = ratios(of(id, 'p99Ms'), of('B', 'p99Ms'));
    return [
      `${id} ${title}`,
      withSpread(spread(of(id, 'p50Ms')), decimal),
      withSpread(spread(of(id, 'p99Ms')), decimal),
      ratio ? withSpread(ratio, decimal) : '–',
    ];
  });
  const rounds = series[0]?.rounds.length ?? 0;
  const caption = `Request to reply, ${requestsPerSecond} a second for ${seconds} s, ${rounds} rounds: median (least–most)`;
  return {
    name: 'latency',
    markdown: [caption, '', table(HEADER, rows), ...notes.map((note) => `\n${note}`)].join('\n'),
    figures: Object.fromEntries(series.map(({ candidate, rounds: figures }) => [candidate.id, figures])),
  };
}
