import { type Readable, type Writable } from 'node:stream';
import { styleText } from 'node:util';

/** What a command has around it. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly errors: Writable & { readonly isTTY?: boolean };
  readonly signal: AbortSignal;
}

type Style = Parameters<typeof styleText>[0];

const DEFAULT_WIDTH = 80;

/** Prints what a command has to say: for people, or with `--json` for programs. */
export class Output {
  private readonly isColoured: boolean;

  constructor(
    private readonly surroundings: Surroundings,
    readonly isJson: boolean,
  ) {
    const { output, environment } = surroundings;
    this.isColoured = output.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
  }

  get isTerminal(): boolean {
    return this.surroundings.output.isTTY === true;
  }

  /** In characters; of what is no terminal, as many as one likes. */
  get width(): number {
    return this.isTerminal ? (this.surroundings.output.columns ?? DEFAULT_WIDTH) : Infinity;
  }

  style(style: Style, text: string): string {
    return this.isColoured ? styleText(style, text, { validateStream: false }) : text;
  }

  /** Resolves when there is room for more: whoever reads slowly holds us back. */
  async line(text = ''): Promise<void> {
    await this.write(`${text}\n`);
  }

  /** A value, as a line of JSON. */
  async json(value: unknown): Promise<void> {
    const text = JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one));
    await this.line(text);
  }

  async write(text: string): Promise<void> {
    const { output, signal } = this.surroundings;
    if (output.write(text)) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        output.off('drain', go).off('close', go);
        signal.removeEventListener('abort', go);
        resolve();
      };
      output.on('drain', go).on('close', go);
      signal.addEventListener('abort', go);
    });
  }

  /** What is about the work, and not its result. */
  note(text: string): void {
    this.surroundings.errors.write(`${text}\n`);
  }

  /** Rows of cells, each column as wide as its widest cell; the last one takes what is left. */
  async table(headings: readonly string[], rows: readonly (readonly string[])[]): Promise<void> {
    for (const line of this.tableLines(headings, rows)) await this.line(line);
  }

  tableLines(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
    const widths = headings.map((heading, column) =>
      Math.max(heading.length, ...rows.map((row) => (row[column] ?? '').length)),
    );
    return [this.style('bold', this.row(headings, widths)), ...rows.map((row) => this.row(row, widths))];
  }

  row(cells: readonly string[], widths: readonly number[]): string {
    const padded = cells.map((cell, column) => {
      if (column === cells.length - 1) return cell;
      const width = widths[column] ?? 0;
      return /^\d+$/.test(cell) ? cell.padStart(width) : cell.padEnd(width);
    });
    const line = padded.join('  ').trimEnd();
    return line.length > this.width ? `${line.slice(0, Math.max(0, this.width - 1))}…` : line;
  }
}
