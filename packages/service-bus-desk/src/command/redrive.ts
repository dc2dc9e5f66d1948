import { type Command } from 'commander';

import { type RunResult } from '../change/change-options.js';
import { type DeadLetterFilter } from '../dead-letters/dead-letter-filter.js';
import { DeskError } from '../desk-error.js';
import { type JobAnswer } from '../http/page-api.js';
import { pause } from '../sdk/retrying.js';
import { type Run, type Surrounded } from './context.js';
import { DeskService } from './desk-service.js';
import { addFilterOptions } from './filter-options.js';
import { withProgress } from './progress-bar.js';
import { filterOf, type FilterOptions, readCount } from './read-options.js';

interface RedriveFlags extends FilterOptions {
  readonly service?: string;
  readonly max?: number;
  readonly rate?: number;
  readonly dryRun?: boolean;
  readonly canary: number | false;
}

const LOOK_EVERY_MS = 500;

/** Adds `redrive`. */
export function addRedrive(deadLetters: Command, run: Run): void {
  addFilterOptions(deadLetters.command('redrive <entity>'))
    .description("has a running service's own handler take dead letters where they are")
    .option('--service <url>', 'the service that has the handler; default: DESK_SERVICE')
    .option('--max <count>', 'so many messages at most', readCount)
    .option('--rate <count>', 'so many messages a second at most', readCount)
    .option('--dry-run', 'only say how many it would be')
    .option('--canary <count>', 'so many first, and the others only if these succeed', readCount, 10)
    .option('--no-canary', 'all at once')
    .action((entity: string, flags: RedriveFlags, command: Command) =>
      run.alone(command, (context) => redrive(context, entity, flags)),
    );
}

async function redrive(context: Surrounded, entity: string, flags: RedriveFlags): Promise<number> {
  const { environment } = context.surroundings;
  const url = flags.service ?? environment['DESK_SERVICE'];
  if (!url) {
    throw new DeskError(
      'only a service that has the handler can redrive: name it by --service https://…, or DESK_SERVICE; its key or token is read from DESK_KEY',
      'bad-input',
    );
  }
  const service = new DeskService({ url, key: environment['DESK_KEY'] || undefined });
  const { max, rate, dryRun, canary } = flags;
  const selection = selectionOf(filterOf(flags));
  const request = { action: 'redrive', entity, selection, max, rate, dryRun, canary };
  return withProgress(context, async ({ signal = context.surroundings.signal, onProgress }) => {
    let job = await service.start(request);
    try {
      while (job.state === 'running') {
        onProgress?.(job);
        await pause(LOOK_EVERY_MS, signal);
        signal.throwIfAborted();
        job = await service.look(job.id, signal);
      }
    } catch (error) {
      // What is not known to have ended must not go on behind the back of who has left.
      if (signal.aborted) await service.stop(job.id);
      throw error;
    }
    return resultOf(job);
  });
}

/** As JSON has it. */
function selectionOf({ sequenceNumbers, ...filter }: DeadLetterFilter): object {
  return { ...filter, ...(sequenceNumbers && { sequenceNumbers: sequenceNumbers.map(String) }) };
}

function resultOf(job: JobAnswer): RunResult {
  const { id, state, dryRun, planned, done, failed, missing, failures, problem } = job;
  if (state !== 'done') {
    const others = failed > 0 ? `${done} of ${planned} done, ${failed} stayed where they were; ` : '';
    const code = job.code === 'canary-failed' || job.code === 'bad-input' ? job.code : 'broker';
    throw new DeskError(`${others}${problem ?? state}`, code);
  }
  return {
    run: id,
    dryRun,
    planned,
    done,
    failed,
    missing,
    failures: failures.map(({ sequenceNumber, reason }) => ({
      sequenceNumber: BigInt(sequenceNumber),
      reason,
    })),
  };
}
