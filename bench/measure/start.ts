import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { freePort } from '../broker/free-port.js';
import { ServiceBusBroker } from '../broker/service-bus-broker.js';
import { type Options } from '../options.js';
import { decimal, whole, withSpread } from '../report/format.js';
import { say } from '../report/say.js';
import { type Section } from '../report/section.js';
import { table } from '../report/table.js';
import { ratios, spread } from './statistics.js';

const READY = '/health/ready';
const SUBJECTS = [
  { title: 'empty Nest application', program: '../start/empty-app.js', path: '/' },
  { title: 'the transport with one handler', program: '../start/transport-app.js', path: '/' },
  // The program that `npm start` and the container run.
  { title: 'the whole service, as it is built', program: '../../../../dist/service/main.js', path: READY },
  { title: 'the same, module by module', program: '../../src/main.js', path: READY },
];
const QUEUES = ['feedback-form', 'counter', 'relay'].flatMap((name) => [`${name}-in`, `${name}-out`]);
const POLL_EVERY_MS = 2;
const TIMEOUT_MS = 60_000;
/** Packages that are slow to load and that few users need. */
const LAZY = /^(?:@azure\/identity|@opentelemetry\/sdk.*|@nestjs\/(?:swagger|terminus))$/;

/** Measures from the start of the process until its HTTP server reports ready. */
export async function measureStart({ rounds }: Pick<Options, 'rounds'>): Promise<Section> {
  const broker = await ServiceBusBroker.start({ queues: QUEUES });
  try {
    const times = SUBJECTS.map((): number[] => []);
    for (let round = 1; round <= rounds; round++) {
      for (const [index, { title, program, path }] of SUBJECTS.entries()) {
        const ms = await readyAfterMs(program, path, broker.address);
        times[index]?.push(ms);
        say(`start, round ${round}, ${title}: ${whole(ms)} ms`);
      }
    }
    const census = await importCensus();
    const rows = SUBJECTS.map(({ title }, index) => {
      const ratio = ratios(times[index] ?? [], times[0] ?? []);
      return [title, withSpread(spread(times[index] ?? []), whole), ratio ? withSpread(ratio, decimal) : '–'];
    });
    const unwanted = census.packages.filter((name) => LAZY.test(name));
    const markdown = [
      table(['process', 'ready after ms', 'ratio to the empty one'], rows),
      '',
      `\`import\` of the package alone: ${whole(census.importMs)} ms, ${census.packages.length} packages; of those that few need: ${unwanted.join(', ') || 'none'}.`,
    ].join('\n');
    return { name: 'start', markdown, figures: { times, census } };
  } finally {
    await broker.close();
  }
}

async function readyAfterMs(program: string, path: string, connectionString: string): Promise<number> {
  const port = await freePort();
  const startMs = performance.now();
  const child = spawn(process.execPath, [fileURLToPath(new URL(program, import.meta.url))], {
    stdio: ['ignore', 'ignore', process.stderr],
    env: {
      PATH: process.env['PATH'],
      PORT: String(port),
      SB_CONNECTION: connectionString,
      LOG_LEVEL: 'silent',
    },
  });
  try {
    await ready(`http://127.0.0.1:${port}${path}`, child);
    return performance.now() - startMs;
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (performance.now() < deadline && child.exitCode === null) {
    try {
      const { status } = await fetch(url);
      if (status === 200 || status === 404) return;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_EVERY_MS));
  }
  throw new Error(`${url} was not ready in time`);
}

async function importCensus(): Promise<{ importMs: number; packages: string[] }> {
  const program = fileURLToPath(new URL('../start/import-census.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program]);
  return JSON.parse(stdout) as { importMs: number; packages: string[] };
}
