import { type Run, simulate } from './simulate.js';

const { SIMULATION_SEEDS = '1000', SIMULATION_SEED } = process.env;

/** Seeds to run, from 1 on: SIMULATION_SEEDS=n has more of them run, or fewer. */
export const SEEDS = Number(SIMULATION_SEEDS);
/** SIMULATION_SEED=k runs this one only, and prints what happens. */
export const ONLY_SEED = SIMULATION_SEED === undefined ? undefined : Number(SIMULATION_SEED);
/** A machine that is busy may take its time. */
export const TIMEOUT_MS = 60_000 + SEEDS * 200;

const MAX_REPORTED = 10;

/** A seed whose run broke a promise of the runtime. */
class SimulationError extends Error {
  override readonly name = 'SimulationError';

  constructor(
    readonly seeds: readonly number[],
    reports: readonly string[],
  ) {
    super(`${seeds.length} seeds failed: ${seeds.join(', ')}\n\n${reports.join('\n\n')}`);
  }
}

/** Runs all seeds of a range. @throws SimulationError that says how to run the failed ones again */
export async function runSeeds(from: number, to: number, hasBatches = false): Promise<void> {
  const failed: Run[] = [];
  for (let seed = from; seed <= to; seed++) {
    const run = await simulate(seed, { hasBatches });
    if (run.violations.length > 0) failed.push(run);
    // Whoever waits for this process (a rejection that nobody handles) has his turn now.
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (failed.length === 0) return;
  throw new SimulationError(
    failed.map(({ seed }) => seed),
    failed.slice(0, MAX_REPORTED).map((run) => describeRun(run, hasBatches ? 'batch-seeds' : 'lower-seeds')),
  );
}

/** Runs one seed, and prints its plan and all that has happened. */
export async function replay(seed: number, hasBatches = false): Promise<Run> {
  const run = await simulate(seed, { keepsLines: true, hasBatches });
  const { binding, inputs: _inputs, ...plan } = run.plan;
  console.log(`seed ${seed}\n${JSON.stringify({ binding, ...plan }, undefined, 1)}\n${run.lines.join('')}`);
  return run;
}

function describeRun({ seed, violations }: Run, spec: string): string {
  return [
    `seed ${seed}:`,
    ...violations.slice(0, MAX_REPORTED).map((violation) => `  ${violation}`),
    `  replay: SIMULATION_SEED=${seed} npm test -- test/simulation/${spec}`,
  ].join('\n');
}
