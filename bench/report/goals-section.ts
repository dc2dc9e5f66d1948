import { type Latency } from '../measure/latency.js';
import { type Series } from '../measure/side-by-side.js';
import { ratios } from '../measure/statistics.js';
import { type Throughput } from '../measure/throughput.js';
import { decimal, withSpread } from './format.js';
import { type Section } from './section.js';
import { table } from './table.js';

interface Goal {
  readonly title: string;
  readonly wanted: number;
  readonly isLimit: boolean;
  readonly values: readonly number[];
  readonly bases: readonly number[];
}

/** The goals of A relative to the other candidates, with messages of 100 bytes, and whether A meets them. */
export function goalsSection(
  throughput: readonly Series<Throughput>[],
  latency: readonly Series<Latency>[],
): Section {
  const rate = of(throughput, (round) => round.messagesPerSecond);
  const cpu = of(throughput, (round) => round.cpuMicrosecondsPerMessage);
  const p99 = of(latency, (round) => round.p99Ms);
  const faster = (than: string, wanted: number): Goal => ({
    title: `throughput of A ÷ ${than}`,
    wanted,
    isLimit: false,
    values: rate('A'),
    bases: rate(than),
  });
  const goals: Goal[] = [
    faster('B', 1.5),
    faster('C', 0.95),
    faster('D', 1),
    faster('E', 1),
    faster('F', 1.5),
    { title: 'CPU per message of A ÷ C', wanted: 1.1, isLimit: true, values: cpu('A'), bases: cpu('C') },
    { title: 'CPU per message of AM ÷ A', wanted: 1.05, isLimit: true, values: cpu('AM'), bases: cpu('A') },
    { title: 'request/reply p99 of A ÷ B', wanted: 1.5, isLimit: true, values: p99('A'), bases: p99('B') },
  ];
  const measured = goals.flatMap((goal) => {
    const ratio = ratios(goal.values, goal.bases);
    if (!ratio) return [];
    const isMet = goal.isLimit ? ratio.median <= goal.wanted : ratio.median >= goal.wanted;
    return [{ ...goal, ratio, isMet }];
  });
  const rows = measured.map(({ title, wanted, isLimit, ratio, isMet }) => [
    title,
    `${isLimit ? '≤' : '≥'} ${wanted}`,
    withSpread(ratio, decimal),
    isMet ? 'yes' : 'no',
  ]);
  return {
    name: 'goals',
    markdown: table(['goal', 'wanted', 'measured', 'met'], rows),
    figures: measured.map(({ title, wanted, ratio, isMet }) => ({ title, wanted, ratio, isMet })),
  };
}

function of<Figures>(
  series: readonly Series<Figures>[],
  figure: (round: Figures) => number,
): (id: string) => number[] {
  return (id) => (series.find(({ candidate }) => candidate.id === id)?.rounds ?? []).map(figure);
}
