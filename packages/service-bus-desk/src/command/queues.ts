import { type Command } from 'commander';

import { type EntityDepth } from '../dead-letters/entities.js';
import { pause } from '../sdk/retrying.js';
import { type CommandContext, type Run } from './context.js';
import { readSpan } from './read-options.js';

const DEFAULT_INTERVAL_MS = 2_000;
const HEADINGS = ['active', 'change/s', 'dead', 'scheduled', 'transfer', 'entity'];

interface QueuesFlags {
  readonly once?: boolean;
  readonly interval?: number;
}

/** Adds `queues`: a table of all entities, alive on a terminal. */
export function addQueues(program: Command, run: Run): void {
  program
    .command('queues')
    .description('all queues and subscriptions with their depths; alive on a terminal, the busiest first')
    .option('--once', 'print the table once')
    .option('--interval <time>', 'how often it is renewed: 2s', readSpan)
    .action((flags: QueuesFlags, command: Command) =>
      run(command, (context) => (isAlive(context, flags) ? watch(context, flags) : list(context))),
    );
}

function isAlive({ output }: CommandContext, { once }: QueuesFlags): boolean {
  return output.isTerminal && !output.isJson && once !== true;
}

async function list({ desk, output, surroundings: { signal } }: CommandContext): Promise<void> {
  const depths: EntityDepth[] = [];
  for await (const depth of desk.entities(signal)) {
    if (output.isJson) await output.json(depth);
    else depths.push(depth);
  }
  if (!output.isJson) await output.table(HEADINGS, rowsOf(depths, new Map(), 1));
}

async function watch(
  { desk, output, surroundings: { signal } }: CommandContext,
  { interval = DEFAULT_INTERVAL_MS }: QueuesFlags,
): Promise<void> {
  let before = new Map<string, EntityDepth>();
  let readAtMs = performance.now();
  for (;;) {
    const depths: EntityDepth[] = [];
    for await (const depth of desk.entities(signal)) depths.push(depth);
    const nowMs = performance.now();
    const lines = output.tableLines(HEADINGS, rowsOf(depths, before, (nowMs - readAtMs) / 1_000));
    readAtMs = nowMs;
    before = new Map(depths.map((depth) => [depth.entity, depth]));
    await output.write(`\u001b[H\u001b[2J${lines.join('\n')}\n`);
    await pause(interval, signal);
    if (signal.aborted) return;
  }
}

function rowsOf(
  depths: readonly EntityDepth[],
  before: ReadonlyMap<string, EntityDepth>,
  seconds: number,
): string[][] {
  const busiestFirst = [...depths].sort(
    (one, other) => other.active + other.deadLetters - (one.active + one.deadLetters),
  );
  return busiestFirst.map(({ entity, active, deadLetters, scheduled, transferDeadLetters }) => {
    const earlier = before.get(entity);
    const rate = earlier ? ((active - earlier.active) / seconds).toFixed(1) : '';
    return [
      String(active),
      rate,
      String(deadLetters),
      String(scheduled),
      String(transferDeadLetters),
      entity,
    ];
  });
}
