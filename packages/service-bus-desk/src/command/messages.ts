import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';

import { type Command } from 'commander';

import { DeskError } from '../desk-error.js';
import { bodyText } from '../message/body.js';
import { type DeskMessage } from '../message/desk-message.js';
import { messageJson } from '../message/message-json.js';
import { oneLine } from '../message/printable.js';
import { type CommandContext, type Run } from './context.js';
import { collect, readCount, readNumber, readSpan, readTimeAhead, splitPair } from './read-options.js';
import { showMessage } from './show-message.js';

interface PeekFlags {
  readonly max: number;
  readonly from?: readonly bigint[];
  readonly full?: boolean;
}

interface SendFlags {
  readonly file?: string;
  readonly messageId?: string;
  readonly session?: string;
  readonly subject?: string;
  readonly contentType?: string;
  readonly correlationId?: string;
  readonly timeToLive?: number;
  readonly property?: readonly string[];
  readonly at?: Date;
}

const PEEKED = 20;

/** Adds `peek`, `send`, `sessions` and `schedule`. */
export function addMessages(program: Command, run: Run): void {
  program
    .command('peek <entity>')
    .description('looks at messages without locking them; ENTITY/$DeadLetterQueue for dead letters')
    .option('--max <count>', 'so many at most', readCount, PEEKED)
    .option('--from <number>', 'from this sequence number on', readNumber)
    .option('--full', 'everything of each message')
    .action((entity: string, flags: PeekFlags, command: Command) =>
      run(command, (context) => {
        const { max, from: [from = 0n] = [] } = flags;
        const { signal } = context.surroundings;
        return show(context, context.desk.peek(entity, { max, from, signal }), flags.full === true);
      }),
    );
  program
    .command('send <entity> [body]')
    .description('sends a message; without a body, what the standard input has')
    .option('-f, --file <file>', 'with the body that is in this file')
    .option('--message-id <id>')
    .option('--session <id>')
    .option('--subject <subject>')
    .option('--content-type <type>')
    .option('--correlation-id <id>')
    .option('--time-to-live <time>', 'how long it lives: 30s, 2h', readSpan)
    .option('-p, --property <name=value>', 'an application property, as text', collect)
    .option(
      '--at <time>',
      'active at that time only: 2026-11-28T20:46Z, or 2h for in two hours',
      readTimeAhead,
    )
    .action((entity: string, body: string | undefined, flags: SendFlags, command: Command) =>
      run(command, (context) => send(context, entity, body, flags)),
    );
  addSessions(program, run);
  addSchedule(program, run);
}

function addSessions(program: Command, run: Run): void {
  program
    .command('sessions <entity> [id]')
    .description('the sessions that have messages; of one session, its state')
    .action((entity: string, id: string | undefined, _: object, command: Command) =>
      run(command, async ({ desk, output, surroundings: { signal } }) => {
        if (id !== undefined) {
          const state = await desk.sessionState(entity, id);
          if (output.isJson) return output.json({ session: id, state: state ?? null });
          return output.line(state === undefined ? 'no state' : oneLine(JSON.stringify(state)));
        }
        for await (const session of desk.sessions(entity, signal)) {
          if (output.isJson) await output.json({ session });
          else await output.line(oneLine(session));
        }
      }),
    );
}

function addSchedule(program: Command, run: Run): void {
  const schedule = program.command('schedule').description('scheduled messages: look at them, cancel them');
  schedule
    .command('list <entity>')
    .description('the scheduled messages of a queue')
    .option('--max <count>', 'look at so many messages at most', readCount)
    .action((entity: string, { max }: { max?: number }, command: Command) =>
      run(command, (context) => {
        const { signal } = context.surroundings;
        return show(
          context,
          context.desk.scheduled(entity, { signal, ...(max !== undefined && { max }) }),
          false,
        );
      }),
    );
  schedule
    .command('cancel <entity> <numbers...>')
    .description('cancels scheduled messages, by their sequence numbers')
    .action((entity: string, numbers: string[], _: object, command: Command) =>
      run(command, async ({ desk, output }) => {
        const sequenceNumbers = numbers.flatMap((one) => readNumber(one));
        await desk.cancelScheduled(entity, sequenceNumbers);
        if (output.isJson) await output.json({ cancelled: sequenceNumbers });
        else await output.line(`${sequenceNumbers.length} cancelled`);
      }),
    );
}

async function show(
  { output }: CommandContext,
  messages: AsyncIterable<DeskMessage>,
  isFull: boolean,
): Promise<void> {
  const widths = [8, 9, 16, 24];
  const headings = ['number', 'state', 'due or enqueued', 'message id', 'body'];
  if (!output.isJson && !isFull) await output.line(output.style('bold', output.row(headings, widths)));
  for await (const message of messages) {
    if (output.isJson) await output.json(messageJson(message));
    else if (isFull) {
      await showMessage(output, message);
      await output.line();
    } else await output.line(output.row(rowOf(message), widths));
  }
}

function rowOf(message: DeskMessage): string[] {
  const { sequenceNumber, state, enqueuedTime, scheduledEnqueueTime, messageId = '', body } = message;
  const time = state === 'scheduled' ? scheduledEnqueueTime : enqueuedTime;
  return [
    String(sequenceNumber),
    state,
    time ? time.toISOString().slice(0, 16).replace('T', ' ') : '',
    oneLine(messageId, 60),
    oneLine(bodyText(body)?.slice(0, 1_000) ?? body.bytes.toString('hex', 0, 100)),
  ];
}

async function send(
  { desk, output, surroundings }: CommandContext,
  entity: string,
  text: string | undefined,
  flags: SendFlags,
): Promise<void> {
  const { session: sessionId, timeToLive: timeToLiveMs, property = [], file, at } = flags;
  const { messageId, subject, contentType, correlationId } = flags;
  if (text !== undefined && file !== undefined)
    throw new DeskError('one body is enough: text or --file', 'bad-input');
  const body = text ?? (await readBody(file, surroundings.input));
  const properties = Object.fromEntries(property.map(splitPair).map(([name, value]) => [name, value ?? '']));
  const number = await desk.send(
    entity,
    { body, messageId, sessionId, subject, contentType, correlationId, timeToLiveMs, properties },
    at,
  );
  if (output.isJson) await output.json({ sent: 1, ...(number !== undefined && { sequenceNumber: number }) });
  else await output.line(number === undefined ? 'sent' : `scheduled as #${number}`);
}

async function readBody(
  file: string | undefined,
  input: CommandContext['surroundings']['input'],
): Promise<Buffer> {
  if (file === undefined) return buffer(input);
  return readFile(file).catch((cause: unknown) => {
    throw new DeskError(`${file}: cannot be read`, 'bad-input', { cause });
  });
}
