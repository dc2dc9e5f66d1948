import { createHash } from 'node:crypto';

/** Records the events of a run in order: always as a hash, on request also as lines. */
export class Trace {
  readonly lines: string[] = [];
  private readonly hash = createHash('sha256');

  constructor(
    private readonly nowMs: () => number,
    private readonly keepsLines: boolean,
  ) {}

  note(what: string): void {
    const line = `${this.nowMs()} ${what}\n`;
    this.hash.update(line);
    if (this.keepsLines) this.lines.push(line);
  }

  digest(): string {
    return this.hash.copy().digest('hex').slice(0, 16);
  }
}
