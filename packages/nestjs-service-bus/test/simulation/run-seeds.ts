import { type Run, simulate } from './simulate.js';

// A part of them in every run: `npm run test:simulation` takes 1,000.
const { SIMULATION_SEEDS = '150', SIMULATION_SEED } = process.env;

/** Number of seeds to run, from 1 on; set by SIMULATION_SEEDS=n. */
export const SEEDS = Number(SIMULATION_SEEDS);
/** SIMULATION_SEED=k runs only this seed, and prints its trace. */
export const ONLY_SEED = SIMULATION_SEED === undefined ? undefined : Number(SIMULATION_SEED);
/** Generous, because the machine may be busy. */
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

/** Runs a range of seeds. @throws SimulationError that says how to rerun the failed ones */
export async function runSeeds(from: number, to: number, hasBatches = false): Promise<void> {
  const failed: Run[] = [];
  for (let seed = from; seed <= to; seed++) {
    const run = await simulate(seed, { hasBatches });
    if (run.violations.length > 0) failed.push(run);
    // Yield to the event loop, so that an unhandled rejection surfaces now.
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (failed.length === 0) return;
  throw new SimulationError(
    failed.map(({ seed }) => seed),
    failed.slice(0, MAX_REPORTED).map((run) => describeRun(run, hasBatches ? 'batch-seeds' : 'lower-seeds')),
  );
}

/** Runs one seed, and prints its plan and its trace. */
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
