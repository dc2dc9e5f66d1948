import { type Namespace } from '../connection/namespace.js';
import { DeskError } from '../desk-error.js';
import { type OutgoingMessage, RawSender } from '../sdk/raw-sender.js';
import { openJournal } from './change-dead-letters.js';
import { type RunOptions, type RunResult } from './change-options.js';
import { copyMessage } from './copy-message.js';
import { readExported } from './exported-line.js';
import { Pace } from './pace.js';
import { RunState } from './run-state.js';
import { watchCopies } from './watch-copies.js';

/** Where exported messages are sent. */
export interface ImportOptions extends RunOptions {
  /** A queue or a topic. */
  readonly to: string;
}

/** The lines, from the first on, as often as they are asked for. */
export type ReadLines = () => AsyncIterable<string> | Iterable<string>;

const CANARY = 10;
const BATCH_SIZE = 100;
const CANARY_WAIT_MS = 30_000;

/**
 * Sends messages that were exported: as a resubmit would, so that duplicate detection knows a message that was sent by
 * the one and then by the other. All lines are checked before the first is sent.
 */
export async function importMessages(
  namespace: Namespace,
  readLines: ReadLines,
  options: ImportOptions,
): Promise<RunResult> {
  const { to, max = Infinity, dryRun, signal = new AbortController().signal, canary = CANARY } = options;
  let planned = 0;
  for await (const line of readLines()) {
    signal.throwIfAborted();
    if (planned >= max) break;
    readExported(line, ++planned);
  }
  const journal = await openJournal({ action: 'import', host: namespace.host, entity: to }, options);
  const state = new RunState(journal, options);
  state.planned = planned;
  if (dryRun) return state.result();
  const sender = new RawSender(namespace.client, to);
  const run = new ImportRun(sender, state, options, signal);
  try {
    let number = 0;
    for await (const line of readLines()) {
      if (number >= planned) break;
      number++;
      if (journal.of(BigInt(number)) === 'done') continue;
      run.add(line, number);
      const isCanary = canary !== false && state.done < canary;
      if (run.waiting < (isCanary ? canary - state.done : run.batchSize)) continue;
      await run.flush();
      if (isCanary) await verify(namespace, to, state, options, signal);
    }
    await run.flush();
    return state.result();
  } finally {
    await journal.close();
    await sender.close();
  }
}

async function verify(
  namespace: Namespace,
  to: string,
  state: RunState,
  { canaryWaitMs = CANARY_WAIT_MS }: ImportOptions,
  signal: AbortSignal,
): Promise<void> {
  if (state.failed > 0) {
    throw new DeskError(
      `${state.failed} of the first messages did not succeed, and the others were left alone: ${state.firstFailure?.reason}`,
      'canary-failed',
    );
  }
  const { run } = state.journal.header;
  await watchCopies(namespace, to, { run, after: 0n, waitMs: canaryWaitMs, signal });
}

class ImportRun {
  readonly batchSize: number;
  private readonly pace: Pace | undefined;
  private readonly batch = new Map<OutgoingMessage, bigint>();

  constructor(
    private readonly sender: RawSender,
    private readonly state: RunState,
    options: ImportOptions,
    private readonly signal: AbortSignal,
  ) {
    this.pace = options.rate === undefined ? undefined : new Pace(options.rate);
    this.batchSize = Math.min(BATCH_SIZE, this.pace?.batchSize ?? BATCH_SIZE);
  }

  get waiting(): number {
    return this.batch.size;
  }

  add(line: string, number: number): void {
    const { message, entity } = readExported(line, number);
    const bytes = copyMessage(message, { entity, run: this.state.journal.header.run });
    this.batch.set({ bytes, partition: `${message.sessionId}\n${message.partitionKey}` }, BigInt(number));
  }

  async flush(): Promise<void> {
    const { batch, signal, state } = this;
    await this.pace?.next(batch.size, signal);
    signal.throwIfAborted();
    const refusals = await this.sender.send([...batch.keys()], signal);
    const sent = [...batch].filter(([one]) => !refusals.has(one)).map(([, number]) => number);
    await state.noteDone(sent);
    await state.noteFailed(
      [...refusals].map(([one, { message }]) => ({ sequenceNumber: batch.get(one) ?? 0n, reason: message })),
    );
    batch.clear();
  }
}
