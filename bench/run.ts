import { installPeers, linkPeers } from './candidates/peer-folder.js';
import { compareCandidates } from './compare-candidates.js';
import { type Options, readOptions, USAGE } from './options.js';
import { describeMachine, machineLine } from './report/machine.js';
import { say } from './report/say.js';
import { type Section } from './report/section.js';
import { writeResults } from './report/write-results.js';

async function measure(options: Options): Promise<Section[]> {
  if (options.memory) return [await (await import('./measure/memory.js')).measureMemory(options)];
  if (options.start) return [await (await import('./measure/start.js')).measureStart(options)];
  if (options.growth) {
    return [
      await (await import('./measure/growth.js')).measureGrowth(options),
      await (await import('./measure/session-growth.js')).measureSessionGrowth(options),
    ];
  }
  if (options.workers) return [await (await import('./measure/workers.js')).measureWorkers(options)];
  if (options.distance) return (await import('./measure/distance.js')).measureDistance(options);
  if (options.profile !== undefined) {
    return [await (await import('./measure/profile.js')).measureProfile(options.profile, options)];
  }
  return compareCandidates(options);
}

async function main(): Promise<void> {
  const commandLine = process.argv.slice(2);
  if (commandLine.includes('--help')) {
    process.stdout.write(USAGE);
    return;
  }
  const options = readOptions(commandLine);
  if (options.install) installPeers();
  linkPeers();
  if (!options.all) return report(options);
  for (const part of PARTS) await report({ ...options, ...part, results: true });
}

/** What `--all` measures; profiles last, since they tell of the figures before. */
const PARTS: readonly Partial<Options>[] = [
  { distance: true },
  { only: ['A', 'A0', 'AN', 'AM', 'B', 'C', 'D', 'E', 'F'] },
  { growth: true },
  { memory: true },
  { start: true },
  { workers: true },
  { profile: 'A' },
  { profile: 'B' },
  { profile: 'C' },
];

async function report(options: Options): Promise<void> {
  const machine = describeMachine();
  say(machineLine(machine));
  const measured = await measure(options);
  const date = new Date().toISOString().slice(0, 10);
  const sections = [
    { name: 'machine', markdown: `${date}. ${machineLine(machine)}`, figures: machine },
    ...measured,
  ];
  if (options.json) {
    const figures = Object.fromEntries(measured.map((section) => [section.name, section.figures]));
    process.stdout.write(`${JSON.stringify({ date, machine, figures }, null, 2)}\n`);
  } else {
    process.stdout.write(`\n${measured.map(({ markdown }) => markdown).join('\n\n')}\n`);
  }
  if (options.results) await writeResults(sections);
}

main().catch((error: unknown) => {
  process.exitCode = 1;
  const isForPeople = error instanceof TypeError;
  say(
    isForPeople
      ? `${error.message}\n\n${USAGE}`
      : error instanceof Error
        ? String(error.stack)
        : String(error),
  );
});
