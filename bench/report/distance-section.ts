import { type ClientFigures, type FarSeries, type FarWork } from '../measure/distance.js';
import { ratios, type Spread, spread } from '../measure/statistics.js';
import { decimal, whole, withSpread } from './format.js';
import { type Section } from './section.js';
import { table } from './table.js';

type Measured = ReadonlyMap<FarWork, readonly FarSeries[]>;

interface Goal {
  readonly title: string;
  readonly wanted: number;
  readonly isLimit: boolean;
  readonly measured: Spread | undefined;
}

const CANDIDATES = ['A', 'AS', 'AA', 'AN', 'B', 'C', 'D', 'E'];
/** Of the share that slots and work allow. */
const SHARE = 0.9;

/** Messages per second of each candidate, by distance and work. */
export function farSection(measured: Measured): Section {
  const ids = CANDIDATES.filter((id) => [...measured.values()].some((series) => of(series, id).length > 0));
  const rows = [...measured].map(([work, series]) => [
    `${work.roundTripMs} ms`,
    work.hasSessions ? `${work.concurrency} sessions` : String(work.concurrency),
    work.workMs === 0 ? 'none' : `${work.workMs} ms`,
    ...ids.map((id) => (of(series, id).length > 0 ? withSpread(spread(of(series, id)), whole) : '–')),
    shown(ratios(of(series, 'A'), of(series, 'B'))),
    shown(ratios(of(series, 'AS'), of(series, 'A'))),
  ]);
  return {
    name: 'distance',
    markdown: table(['round trip', 'at once', 'work', ...ids, 'A ÷ B', 'AS ÷ A'], rows),
    figures: [...measured].map(([work, series]) => ({ ...work, series })),
  };
}

/** What a client waits for, by distance. */
export function clientSection(clients: readonly ClientFigures[]): Section {
  const header = [
    'round trip',
    'bare echo',
    'request, 200/s',
    'request, alone',
    'emit, alone',
    '`POST /send`, alone',
    '2,000 emits at once',
    '÷ SDK',
  ];
  const rows = clients.map((figures) => [
    `${figures.roundTripMs} ms`,
    `${withSpread(spread(figures.echoesMs), decimal)} ms`,
    `${withSpread(spread(figures.requestsAtPaceMs), decimal)} ms`,
    `${withSpread(spread(figures.requestsOneByOneMs), decimal)} ms`,
    `${withSpread(spread(figures.emitsOneByOneMs), decimal)} ms`,
    `${withSpread(spread(figures.postsOneByOneMs), decimal)} ms`,
    `${withSpread(spread(figures.emitsAtOnce), whole)}/s`,
    shown(ratios(figures.emitsAtOnce, figures.sdkSendsAtOnce)),
  ]);
  return { name: 'distance-client', markdown: table(header, rows), figures: clients };
}

/** The goals at a distance, and whether they are met. */
export function distanceGoalsSection(measured: Measured, clients: readonly ClientFigures[]): Section {
  const goals = [
    ...[...measured].flatMap(([work, series]) => goalsOf(work, series)),
    ...clients.flatMap(clientGoals),
  ];
  const rows = goals.flatMap(({ title, wanted, isLimit, measured: figures }) => {
    if (!figures) return [];
    const isMet = isLimit ? figures.median <= wanted : figures.median >= wanted;
    return [[title, `${isLimit ? '≤' : '≥'} ${wanted}`, withSpread(figures, decimal), isMet ? 'yes' : 'no']];
  });
  return {
    name: 'distance-goals',
    markdown: table(['goal', 'wanted', 'measured', 'met'], rows),
    figures: goals,
  };
}

function goalsOf(work: FarWork, series: readonly FarSeries[]): Goal[] {
  const { roundTripMs, concurrency, workMs, hasSessions } = work;
  const name = hasSessions
    ? `${roundTripMs} ms, ${concurrency} sessions`
    : `${roundTripMs} ms, ${concurrency} at once${workMs > 0 ? `, ${workMs} ms of work` : ''}`;
  const [ours, theirs, slow] = [of(series, 'A'), of(series, 'B'), of(series, 'AS')];
  const least = (title: string, wanted: number, figures: Spread | undefined): Goal => ({
    title: `${name}: ${title}`,
    wanted,
    isLimit: false,
    measured: figures,
  });
  const goals = [least('A ÷ B', wantedRatio(work), ratios(ours, theirs))];
  if (workMs > 0 && ours.length > 0) {
    const possible = (concurrency / workMs) * 1_000;
    goals.push(
      least('share of what the handlers could do', SHARE, spread(ours.map((rate) => rate / possible))),
    );
  }
  if (roundTripMs === 0 && concurrency === 100)
    goals.push(least('A ÷ C', 1.6, ratios(ours, of(series, 'C'))));
  if (roundTripMs === 10) goals.push(least('without the fast lane ÷ with it', 0.8, ratios(slow, ours)));
  return goals;
}

function wantedRatio({ roundTripMs, concurrency, workMs, hasSessions }: FarWork): number {
  if (hasSessions) return 3;
  if (workMs > 0) return 2.5;
  // There is nothing to wait for.
  if (roundTripMs === 0) return concurrency === 100 ? 2.06 : 2;
  // There the processor is near.
  return roundTripMs === 2 && concurrency === 100 ? 2 : 4;
}

function clientGoals(figures: ClientFigures): Goal[] {
  const { roundTripMs } = figures;
  const most = (title: string, wanted: number, values: readonly number[]): Goal => ({
    title: `${roundTripMs} ms: ${title}`,
    wanted,
    isLimit: true,
    measured: spread(values),
  });
  return [
    most('request/reply, 200 a second, p50 in ms', 2 * roundTripMs + 4, figures.requestsAtPaceMs),
    most('emit, one at a time, p50 in ms', roundTripMs + 2, figures.emitsOneByOneMs),
    most('`POST /send`, one at a time, p50 in ms', roundTripMs + 4, figures.postsOneByOneMs),
    {
      title: `${roundTripMs} ms: 2,000 emits at once ÷ the SDK’s single sends`,
      wanted: 2,
      isLimit: false,
      measured: ratios(figures.emitsAtOnce, figures.sdkSendsAtOnce),
    },
  ];
}

function of(series: readonly FarSeries[], id: string): readonly number[] {
  return series.find((each) => each.id === id)?.rates ?? [];
}

function shown(ratio: Spread | undefined): string {
  return ratio ? withSpread(ratio, decimal) : '–';
}
