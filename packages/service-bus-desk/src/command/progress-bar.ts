import { type RunOptions, type RunProgress, type RunResult } from '../change/change-options.js';
import { oneLine } from '../message/printable.js';
import { type Surrounded } from './context.js';
import { ExitCode } from './exit-code.js';
import { type Surroundings } from './streams.js';

const WIDTH = 30;
const EVERY_MS = 100;

/** Shows how far a run has come, on the terminal of errors; nothing where that is none. */
export class ProgressBar {
  private shownAtMs = -Infinity;
  private isShown = false;

  constructor(private readonly surroundings: Surroundings) {}

  readonly show = ({ planned, done, failed, held }: RunProgress): void => {
    const { errors } = this.surroundings;
    const nowMs = performance.now();
    const isOver = done + failed >= planned;
    if (errors.isTTY !== true || (nowMs - this.shownAtMs < EVERY_MS && !isOver)) return;
    this.shownAtMs = nowMs;
    this.isShown = true;
    const share = planned === 0 ? 1 : (done + failed) / planned;
    const filled = Math.round(Math.min(share, 1) * WIDTH);
    const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
    const further = [...(failed > 0 ? [`${failed} failed`] : []), ...(held > 0 ? [`${held} held`] : [])];
    errors.write(`\r\u001b[K${bar} ${done}/${planned}${further.map((one) => `, ${one}`).join('')}`);
  };

  /** Makes room for what is printed next. */
  end(): void {
    if (this.isShown) this.surroundings.errors.write('\n');
    this.isShown = false;
  }
}

/** Shows how far a run has come, and in the end what it has done; resolves with the exit code. */
export async function withProgress(
  { output, surroundings }: Surrounded,
  begin: (options: RunOptions) => Promise<RunResult>,
): Promise<number> {
  const bar = new ProgressBar(surroundings);
  let result: RunResult;
  try {
    result = await begin({ signal: surroundings.signal, onProgress: bar.show });
  } finally {
    bar.end();
  }
  if (output.isJson) await output.json(result);
  else await report(output, result);
  return result.failed + result.missing > 0 ? ExitCode.partly : ExitCode.done;
}

async function report(output: Surrounded['output'], result: RunResult): Promise<void> {
  const { dryRun, planned, done, failed, missing, failures } = result;
  if (dryRun) return output.line(`${planned} messages; nothing was changed`);
  const parts = [`${done} of ${planned} done`];
  if (failed > 0) parts.push(output.style('red', `${failed} stayed where they were`));
  if (missing > 0) parts.push(`${missing} were gone, or somebody else has them`);
  await output.line(parts.join(', '));
  for (const { sequenceNumber, reason } of failures)
    await output.line(`  #${sequenceNumber}: ${oneLine(reason)}`);
}
