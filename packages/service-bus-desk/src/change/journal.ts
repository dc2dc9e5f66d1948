import { type FileHandle, open, readFile } from 'node:fs/promises';

import { DeskError } from '../desk-error.js';

/** What a run does, and to what: a run that goes on must be the same. */
export interface RunHeader {
  readonly action: 'resubmit' | 'redrive' | 'purge' | 'import';
  /** The namespace's host: another one has other messages under the same numbers. */
  readonly host: string;
  readonly entity: string;
  readonly target?: string;
  /** A name for the run. */
  readonly run: string;
}

/** How far a run has come with a message: `begun` is one that its handler was given. */
export type Progress = 'begun' | 'sent' | 'done' | 'failed';

const VERSION = 1;
const NUMBERS_PER_LINE = 1_000;

type Line =
  | (RunHeader & { readonly journal: number })
  | { readonly plan: readonly string[] }
  | { readonly planned: number }
  | { readonly [Field in Progress]?: readonly string[] };

/**
 * What a run has done, on disk, so that one that was interrupted goes on: a line of JSON for each step, written before
 * the next step begins. Killed between a step and its line, the run does that step once more: it sends again what
 * duplicate detection then drops, or finds that what it wants to remove is gone.
 */
export class Journal {
  private readonly progress = new Map<bigint, Progress>();

  private constructor(
    private readonly file: FileHandle | undefined,
    readonly header: RunHeader,
    /** The messages that the run is about; undefined for a journal that does not know them yet. */
    private planned: bigint[] | undefined,
  ) {}

  /** A journal in memory only: an interrupted run leaves no trace. */
  static inMemory(header: RunHeader): Journal {
    return new Journal(undefined, header, undefined);
  }

  /** Begins a journal in a new file. @throws DeskError if the file exists */
  static async create(file: string, header: RunHeader): Promise<Journal> {
    const handle = await open(file, 'wx').catch((cause: unknown) => {
      throw new DeskError(
        `${file}: ${reasonOf(cause)}; to go on with an interrupted run, resume it`,
        'journal',
        { cause },
      );
    });
    const journal = new Journal(handle, header, undefined);
    await journal.append({ journal: VERSION, ...header });
    return journal;
  }

  /** Opens the journal of an interrupted run. @throws DeskError if it is none, or of another run than `expected` */
  static async resume(file: string, expected: Partial<RunHeader>): Promise<Journal> {
    const text = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new DeskError(`${file}: ${reasonOf(cause)}`, 'journal', { cause });
    });
    // The process may have been killed in the middle of a line.
    const lines = text.slice(0, text.lastIndexOf('\n') + 1);
    const [first, ...others] = lines
      .split('\n')
      .filter((line) => line !== '')
      .map((line, index) => readLine(file, line, index));
    if (first === undefined || !('journal' in first))
      throw new DeskError(`${file}: this is no journal of a run`, 'journal');
    const { journal: version, ...header } = first;
    if (version !== VERSION)
      throw new DeskError(`${file}: a journal of another version (${version})`, 'journal');
    for (const [name, value] of Object.entries(expected)) {
      const noted = header[name as keyof RunHeader];
      if (value !== undefined && noted !== value) {
        throw new DeskError(`${file}: that run's ${name} was ${noted}, and not ${value}`, 'journal');
      }
    }
    const handle = await open(file, 'r+');
    await handle.truncate(Buffer.byteLength(lines));
    const journal = new Journal(await appendTo(handle, file), header, undefined);
    journal.replay(others);
    return journal;
  }

  /** The messages that the run is about; undefined if it was interrupted before that was known. */
  get plan(): readonly bigint[] | undefined {
    return this.planned;
  }

  /** How far it has come with a message; undefined if nothing was done yet. */
  of(sequenceNumber: bigint): Progress | undefined {
    return this.progress.get(sequenceNumber);
  }

  /** How many messages it has come so far with. */
  count(progress: Progress): number {
    let count = 0;
    for (const one of this.progress.values()) if (one === progress) count++;
    return count;
  }

  async notePlan(sequenceNumbers: readonly bigint[]): Promise<void> {
    for (let at = 0; at < sequenceNumbers.length; at += NUMBERS_PER_LINE) {
      await this.append({ plan: sequenceNumbers.slice(at, at + NUMBERS_PER_LINE).map(String) });
    }
    await this.append({ planned: sequenceNumbers.length });
    this.planned = [...sequenceNumbers];
  }

  async note(progress: Progress, sequenceNumbers: readonly bigint[]): Promise<void> {
    if (sequenceNumbers.length === 0) return;
    for (const one of sequenceNumbers) this.progress.set(one, progress);
    await this.append({ [progress]: sequenceNumbers.map(String) });
  }

  async close(): Promise<void> {
    await this.file?.close();
  }

  private replay(lines: readonly Line[]): void {
    const plan: bigint[] = [];
    for (const line of lines) {
      if ('plan' in line) plan.push(...line.plan.map(BigInt));
      else if ('planned' in line) this.planned = plan;
      else {
        for (const [progress, numbers] of Object.entries(line)) {
          for (const one of numbers as string[]) this.progress.set(BigInt(one), progress as Progress);
        }
      }
    }
  }

  /** What a killed process has written is safe; for a machine that loses its power it is synchronized, too. */
  private async append(line: Line): Promise<void> {
    if (!this.file) return;
    await this.file.appendFile(`${JSON.stringify(line)}\n`);
    await this.file.datasync();
  }
}

async function appendTo(handle: FileHandle, file: string): Promise<FileHandle> {
  await handle.close();
  return open(file, 'a');
}

function readLine(file: string, line: string, index: number): Line {
  try {
    return JSON.parse(line) as Line;
  } catch (cause) {
    throw new DeskError(`${file}: line ${index + 1} is damaged`, 'journal', { cause });
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  if (code === 'EEXIST') return 'the file exists';
  return code === 'ENOENT' ? 'there is no such file' : String(message ?? code);
}
