import { type Broker } from '../broker/broker.js';
import { type Brokers } from '../broker/brokers.js';
import { type Candidate } from '../candidates/candidate.js';
import { say } from '../report/say.js';

/** A candidate's figures, one of each round. */
export interface Series<Figures> {
  readonly candidate: Candidate;
  readonly rounds: Figures[];
}

/**
 * Measures A B C … A B C …, so that changes on the machine over time affect all candidates. A candidate that fails
 * is dropped, and its result is a line that says so.
 */
export async function sideBySide<Figures>(
  title: string,
  candidates: readonly Candidate[],
  rounds: number,
  brokers: Brokers,
  measure: (broker: Broker, candidate: Candidate) => Promise<Figures>,
): Promise<{ series: Series<Figures>[]; failures: string[] }> {
  const series: Series<Figures>[] = candidates.map((candidate) => ({ candidate, rounds: [] }));
  const failures = new Map<string, string>();
  for (let round = 1; round <= rounds; round++) {
    for (const { candidate, rounds: figures } of series) {
      if (failures.has(candidate.id)) continue;
      try {
        const measured = await measure(await brokers.get(candidate.platform), candidate);
        figures.push(measured);
        say(`${title}, round ${round}, ${candidate.id}: ${JSON.stringify(measured)}`);
      } catch (error) {
        const cause = error instanceof Error ? error.message : String(error);
        failures.set(candidate.id, `${candidate.id} (${candidate.title}) failed: ${cause.split('\n', 1)[0]}`);
        say(failures.get(candidate.id) ?? '');
      }
    }
  }
  const complete = series.filter(({ candidate }) => !failures.has(candidate.id));
  return { series: complete, failures: [...failures.values()] };
}
