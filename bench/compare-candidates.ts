import { Brokers } from './broker/brokers.js';
import { absence, type Candidate, CANDIDATES } from './candidates/candidate.js';
import { type Latency, measureLatency, type Pace } from './measure/latency.js';
import { type Series, sideBySide } from './measure/side-by-side.js';
import { measureThroughput, type Throughput, type Work } from './measure/throughput.js';
import { type Options } from './options.js';
import { goalsSection } from './report/goals-section.js';
import { latencySection } from './report/latency-section.js';
import { say } from './report/say.js';
import { type Section } from './report/section.js';
import { throughputSection } from './report/throughput-section.js';

const CONCURRENCY = 100;
/** The message size to which the goals apply. */
const SMALLEST = '100-bytes';
const WORKS = [
  { name: SMALLEST, bytes: 100, messages: 20_000 },
  { name: '1-kilobyte', bytes: 1_024, messages: 10_000 },
  { name: '64-kilobytes', bytes: 65_536, messages: 1_000 },
];
const PACE: Pace = { requestsPerSecond: 200, seconds: 10, concurrency: CONCURRENCY };

/** Measures throughput at three sizes, and latency, of all candidates that can run here. */
export async function compareCandidates({ only, work: names, rounds, quick }: Options): Promise<Section[]> {
  const { candidates, absent } = choose(only);
  const isWanted = (name: string): boolean => names?.includes(name) ?? true;
  const brokers = new Brokers();
  const sections: Section[] = [];
  let smallest: Series<Throughput>[] = [];
  let latencies: Series<Latency>[] = [];
  try {
    for (const { name, bytes, messages } of WORKS.filter((each) => isWanted(each.name))) {
      const work: Work = { bytes, messages: quick ? messages / 5 : messages, concurrency: CONCURRENCY };
      const { series, failures } = await sideBySide(name, candidates, rounds, brokers, (broker, candidate) =>
        measureThroughput(broker, candidate, work),
      );
      sections.push(throughputSection(name, work, series, [...absent, ...failures]));
      if (name === SMALLEST) smallest = series;
    }
    if (isWanted('latency')) {
      const pace = quick ? { ...PACE, seconds: 3 } : PACE;
      const { series, failures } = await sideBySide(
        'latency',
        candidates,
        rounds,
        brokers,
        (broker, candidate) => measureLatency(broker, candidate, pace),
      );
      sections.push(latencySection(pace, series, [...absent, ...failures]));
      latencies = series;
    }
    return isWanted(SMALLEST) ? [goalsSection(smallest, latencies), ...sections] : sections;
  } finally {
    await brokers.close();
  }
}

function choose(only: readonly string[] | undefined): { candidates: Candidate[]; absent: string[] } {
  const unknown = only?.filter((id) => !CANDIDATES.some((candidate) => candidate.id === id)) ?? [];
  if (unknown.length > 0) throw new TypeError(`--only ${unknown.join(',')}: there is no such candidate`);
  const candidates: Candidate[] = [];
  const absent: string[] = [];
  for (const candidate of CANDIDATES) {
    if (only && !only.includes(candidate.id)) continue;
    const reason = absence(candidate);
    if (reason === undefined) candidates.push(candidate);
    else absent.push(`${candidate.id} (${candidate.title}) skipped: ${reason}`);
  }
  for (const line of absent) say(line);
  return { candidates, absent };
}
