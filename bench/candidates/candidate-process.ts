import { answer } from '../process/answer.js';
import { monotonicMs } from '../process/monotonic-ms.js';
import { handledSoFar, setWork } from './order.js';
import { type Profiler } from './profiler.js';
import { type Assignment, type CandidateModule, type Running } from './running.js';

/** Resources that a candidate's process has used so far. */
export interface Usage {
  readonly atMs: number;
  /** Messages. */
  readonly handled: number;
  readonly cpuMicroseconds: number;
  readonly rssBytes: number;
  readonly peakRssBytes: number;
}

const { start } = (await import(process.argv[2] ?? '')) as CandidateModule;

let running: Running | undefined;
let profiler: Profiler | undefined;

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  return {
    atMs: monotonicMs(),
    handled: handledSoFar(),
    cpuMicroseconds: user + system,
    rssBytes: process.memoryUsage.rss(),
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  };
}

answer({
  start: async (assignment) => {
    setWork((assignment as Assignment).workMs ?? 0);
    running = await start(assignment as Assignment);
  },
  usage,
  startProfile: async (kind) => {
    // Loaded only if used: the inspector would distort the figures.
    const { Profiler: Loaded } = await import('./profiler.js');
    profiler = new Loaded();
    await profiler.start(kind as 'processor' | 'allocations');
  },
  stopProfile: (file) => profiler?.stop(file as string),
  close: () => running?.close(),
});
