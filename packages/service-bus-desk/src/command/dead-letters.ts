import { type Command } from 'commander';

import { type DeadLetterGroup } from '../dead-letters/dead-letter-group.js';
import { DeskError } from '../desk-error.js';
import { type DeskMessage } from '../message/desk-message.js';
import { messageJson } from '../message/message-json.js';
import { oneLine } from '../message/printable.js';
import { addChangeCommands } from './change-commands.js';
import { type CommandContext, type Run } from './context.js';
import { addFilterOptions } from './filter-options.js';
import { addRedrive } from './redrive.js';
import { filterOf, type FilterOptions, readCount, readNumber } from './read-options.js';
import { showMessage } from './show-message.js';
import { type Output } from './streams.js';

const MAX_CELL = 100;

interface ListOptions extends FilterOptions {
  readonly messages?: boolean;
  readonly max?: number;
}

/** Adds `dead-letters` and what can be done with them. */
export function addDeadLetters(program: Command, run: Run): void {
  const deadLetters = program
    .command('dead-letters')
    .alias('dl')
    .description('what was dead-lettered: look at it, give it back');
  addFilterOptions(
    deadLetters
      .command('list [entity]')
      .description(
        'the entities that have dead letters; of an entity, its groups or, with --messages, each message',
      )
      .option('-m, --messages', 'each message, in order, instead of groups')
      .option('--max <count>', 'so many messages at most', readCount),
  ).action((entity: string | undefined, options: ListOptions, command: Command) =>
    run(command, (context) => {
      if (entity === undefined) return listEntities(context);
      return options.messages ? listMessages(context, entity, options) : listGroups(context, entity, options);
    }),
  );
  deadLetters
    .command('show <entity> <number>')
    .description('one dead letter: its properties, its body, and the stack of its error')
    .action((entity: string, number: string, _: object, command: Command) =>
      run(command, async ({ desk, output, surroundings }) => {
        const [sequenceNumber = 0n] = readNumber(number);
        const message = await desk.deadLetter(entity, sequenceNumber, surroundings.signal);
        if (!message) throw new DeskError(`${entity} has no dead letter #${sequenceNumber}`, 'not-found');
        if (output.isJson) await output.json(messageJson(message));
        else await showMessage(output, message);
      }),
    );
  addChangeCommands(deadLetters, run);
  addRedrive(deadLetters, run);
}

async function listEntities({ desk, output, surroundings }: CommandContext): Promise<void> {
  const rows: string[][] = [];
  for await (const { entity, deadLetters } of desk.entities(surroundings.signal)) {
    if (deadLetters === 0) continue;
    if (output.isJson) await output.json({ entity, deadLetters });
    else rows.push([String(deadLetters), entity]);
  }
  if (output.isJson) return;
  if (rows.length === 0) await output.line('no dead letters');
  else await output.table(['dead letters', 'entity'], rows);
}

async function listGroups(
  { desk, output, surroundings: { signal } }: CommandContext,
  entity: string,
  { max, ...options }: ListOptions,
): Promise<void> {
  const filter = filterOf(options);
  let groups: DeadLetterGroup[] = [];
  const rewriter = new Rewriter(output);
  for await (const soFar of desk.groups(entity, { filter, signal, ...(max !== undefined && { max }) })) {
    groups = soFar;
    // On a terminal the first answer is there at once, and grows.
    if (!output.isJson) await rewriter.show(() => groupLines(output, groups));
  }
  if (output.isJson) for (const group of groups) await output.json(group);
  else if (groups.length === 0) await output.line(`${entity}: no dead letters`);
  else await rewriter.end(groupLines(output, groups));
}

function groupLines(output: Output, groups: readonly DeadLetterGroup[]): string[] {
  const rows = groups.map(({ id, count, firstSeen, lastSeen, reason, handler, signature }) => [
    id,
    String(count),
    timeText(firstSeen),
    timeText(lastSeen),
    oneLine(reason, MAX_CELL),
    oneLine(handler ?? '', MAX_CELL),
    oneLine(signature),
  ]);
  return output.tableLines(['group', 'count', 'first', 'last', 'reason', 'handler', 'error'], rows);
}

async function listMessages(
  { desk, output, surroundings: { signal } }: CommandContext,
  entity: string,
  { max, ...options }: ListOptions,
): Promise<void> {
  const widths = [8, 16, 24, 20];
  if (!output.isJson) {
    await output.line(
      output.style('bold', output.row(['number', 'enqueued', 'message id', 'reason', 'error'], widths)),
    );
  }
  for await (const message of desk.deadLetters(entity, {
    filter: filterOf(options),
    signal,
    ...(max !== undefined && { max }),
  })) {
    if (output.isJson) await output.json(messageJson(message));
    else await output.line(output.row(rowOf(message), widths));
  }
}

function rowOf(message: DeskMessage): string[] {
  return [
    String(message.sequenceNumber),
    timeText(message.enqueuedTime),
    oneLine(message.messageId ?? '', MAX_CELL),
    oneLine(message.deadLetterReason ?? '', MAX_CELL),
    oneLine(message.deadLetterDescription ?? '', MAX_CELL),
  ];
}

function timeText(time: Date | undefined): string {
  return time ? time.toISOString().slice(0, 16).replace('T', ' ') : '';
}

/** Shows a table that grows, in its place, on a terminal; elsewhere only the last one. */
class Rewriter {
  private lines = 0;
  private shownAtMs = -Infinity;

  constructor(private readonly output: Output) {}

  async show(linesOf: () => string[]): Promise<void> {
    const nowMs = performance.now();
    if (!this.output.isTerminal || nowMs - this.shownAtMs < 250) return;
    this.shownAtMs = nowMs;
    await this.write(linesOf().slice(0, 20));
  }

  async end(lines: string[]): Promise<void> {
    await this.write(lines);
  }

  private async write(lines: readonly string[]): Promise<void> {
    const up = this.lines > 0 ? `\u001b[${this.lines}A\u001b[J` : '';
    await this.output.write(`${up}${lines.join('\n')}\n`);
    this.lines = lines.length;
  }
}
