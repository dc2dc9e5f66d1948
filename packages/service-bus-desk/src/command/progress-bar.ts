import { type RunProgress } from '../change/change-options.js';
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
