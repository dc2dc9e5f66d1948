import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';

import { type Command } from 'commander';

import { type ChangeOptions, type RunOptions } from '../change/change-options.js';
import { type MessageEdit } from '../change/edit.js';
import { DeskError } from '../desk-error.js';
import { oneLine } from '../message/printable.js';
import { askFor } from './ask-for.js';
import { type CommandContext, type Run } from './context.js';
import { addFilterOptions } from './filter-options.js';
import { withProgress } from './progress-bar.js';
import { collect, filterOf, type FilterOptions, readCount, readSpan, splitPair } from './read-options.js';

interface RunFlags {
  readonly max?: number;
  readonly rate?: number;
  readonly dryRun?: boolean;
  readonly canary: number | boolean;
  readonly canaryWait?: number;
  readonly journal?: string;
  readonly resume?: boolean;
}

interface ChangeFlags extends RunFlags, FilterOptions {
  readonly maxHeld?: number;
  readonly lockWait?: number;
}

interface ResubmitFlags extends ChangeFlags {
  readonly to?: string;
  readonly toAllSubscriptions?: boolean;
  readonly setBody?: string;
  readonly setContentType?: string;
  readonly setSubject?: string;
  readonly setProperty?: readonly string[];
}

/** Adds what changes dead letters. */
export function addChangeCommands(deadLetters: Command, run: Run): void {
  addChangeOptions(deadLetters.command('resubmit <entity>'))
    .description('sends dead letters once more: a copy first, then the original is removed')
    .option('--to <entity>', 'to this queue or topic, instead of where they were')
    .option(
      '--to-all-subscriptions',
      'of a subscription: to its topic, whose other subscriptions get a copy too',
    )
    .option('--set-body <file>', 'with the body that is in this file')
    .option('--set-content-type <type>', 'with this content type')
    .option('--set-subject <subject>', 'with this subject')
    .option(
      '--set-property <name=value>',
      'with this application property; without a value it is removed',
      collect,
    )
    .action((entity: string, flags: ResubmitFlags, command: Command) =>
      run(command, (context) => resubmit(context, entity, flags)),
    );
  addChangeOptions(deadLetters.command('purge <entity>'))
    .description('removes dead letters for good')
    .option('--confirm <entity>', 'the name of the entity once more, instead of being asked for it')
    .action((entity: string, flags: ChangeFlags & { confirm?: string }, command: Command) =>
      run(command, (context) => purge(context, entity, flags)),
    );
  addFilterOptions(deadLetters.command('export <entity>'))
    .description('copies dead letters to lines of JSON; none is removed')
    .option('-o, --output <file>', 'to this new file, instead of the standard output')
    .option('--max <count>', 'so many at most', readCount)
    .action((entity: string, flags: FilterOptions & { output?: string; max?: number }, command: Command) =>
      run(command, (context) => exportAll(context, entity, flags)),
    );
  addRunOptions(deadLetters.command('import <file>'))
    .description('sends messages that were exported')
    .requiredOption('--to <entity>', 'to this queue or topic')
    .action((file: string, flags: RunFlags & { to: string }, command: Command) =>
      run(command, (context) => importAll(context, file, flags)),
    );
}

function addRunOptions(command: Command): Command {
  return command
    .option('--max <count>', 'so many messages at most', readCount)
    .option('--rate <count>', 'so many messages a second at most', readCount)
    .option('--dry-run', 'only say how many it would be')
    .option('--canary <count>', 'so many first, and the others only if these succeed', readCount, 10)
    .option('--no-canary', 'all at once')
    .option('--canary-wait <time>', 'how long these may take: 30s, 5m', readSpan)
    .option('--journal <file>', 'note what was done in this new file, so that an interrupted run can go on')
    .option('--resume', 'go on with the run of that journal');
}

function addChangeOptions(command: Command): Command {
  return addRunOptions(addFilterOptions(command))
    .option('--max-held <count>', 'how many others may be held until all are found', readCount)
    .option('--lock-wait <time>', 'how long to wait for messages that somebody else has: 30s, 5m', readSpan);
}

async function resubmit(context: CommandContext, entity: string, flags: ResubmitFlags): Promise<number> {
  const edit = await readEdit(flags);
  const { to, toAllSubscriptions } = flags;
  return withProgress(context, (options) =>
    context.desk.resubmit(entity, { ...options, ...changeOptionsOf(flags), to, toAllSubscriptions, edit }),
  );
}

async function purge(
  context: CommandContext,
  entity: string,
  flags: ChangeFlags & { confirm?: string },
): Promise<number> {
  const options = changeOptionsOf(flags);
  if (!flags.dryRun) {
    const { signal } = context.surroundings;
    // Without its journal: that one is still to be begun.
    const { planned } = await context.desk.purge(entity, {
      ...options,
      dryRun: true,
      resume: false,
      journal: undefined,
      signal,
    });
    await askFor(
      context.surroundings,
      entity,
      `${planned} dead letters of ${oneLine(entity)} will be gone for good. Type the name of the entity to go on: `,
      flags.confirm,
    );
  }
  return withProgress(context, (further) => context.desk.purge(entity, { ...further, ...options }));
}

async function exportAll(
  { desk, output, surroundings: { signal } }: CommandContext,
  entity: string,
  { output: file, max, ...filter }: FilterOptions & { output?: string; max?: number },
): Promise<void> {
  const target =
    file === undefined
      ? undefined
      : await open(file, 'wx', 0o600).catch((cause: unknown) => {
          throw new DeskError(`${file}: cannot be made: ${(cause as Error).message}`, 'bad-input', { cause });
        });
  let count = 0;
  try {
    for await (const line of desk.export(entity, { filter: filterOf(filter), signal, ...(max && { max }) })) {
      if (target) await target.appendFile(`${JSON.stringify(line)}\n`);
      else await output.json(line);
      count++;
    }
  } finally {
    await target?.close();
  }
  if (file !== undefined) output.note(`${count} exported to ${file}`);
}

async function importAll(
  context: CommandContext,
  file: string,
  flags: RunFlags & { to: string },
): Promise<number> {
  const readLines = (): AsyncIterable<string> =>
    createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  await (
    await open(file).catch((cause: unknown) => {
      throw new DeskError(`${file}: cannot be read`, 'bad-input', { cause });
    })
  ).close();
  return withProgress(context, (options) =>
    context.desk.import(readLines, { ...options, ...runOptionsOf(flags), to: flags.to }),
  );
}

function runOptionsOf({ canary, canaryWait: canaryWaitMs, ...flags }: RunFlags): RunOptions {
  const { max, rate, dryRun, journal, resume } = flags;
  return { max, rate, dryRun, journal, resume, canaryWaitMs, canary: canary === true ? undefined : canary };
}

function changeOptionsOf(flags: ChangeFlags): ChangeOptions & { canaryWaitMs?: number | undefined } {
  const { maxHeld, lockWait: waitForLocksMs } = flags;
  return { ...runOptionsOf(flags), filter: filterOf(flags), maxHeld, waitForLocksMs };
}

async function readEdit(flags: ResubmitFlags): Promise<MessageEdit | undefined> {
  const { setBody: file, setContentType: contentType, setSubject: subject, setProperty = [] } = flags;
  const body =
    file === undefined
      ? undefined
      : await readFile(file).catch((cause: unknown) => {
          throw new DeskError(`${file}: cannot be read`, 'bad-input', { cause });
        });
  const properties = Object.fromEntries(
    setProperty.map(splitPair).map(([name, value]) => [name, value ?? null] as const),
  );
  const edit = {
    ...(body && { body }),
    ...(contentType !== undefined && { contentType }),
    ...(subject !== undefined && { subject }),
    ...(setProperty.length > 0 && { properties }),
  };
  return Object.keys(edit).length === 0 ? undefined : edit;
}
