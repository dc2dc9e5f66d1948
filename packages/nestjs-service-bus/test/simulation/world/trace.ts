import { createHash } from 'node:crypto';

/** What has happened in a run, in order: its hash for all, its lines for who wants to read them. */
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
