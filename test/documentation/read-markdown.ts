/** One fenced block of a Markdown file. */
export interface CodeBlock {
  /** The language, as GitHub colours it. */
  readonly language: string;
  /** `no-run`, `compile-only`, or none. */
  readonly mark: string;
  readonly text: string;
  /** The path in the comment on its first line. */
  readonly file: string | undefined;
  /** Where it begins in the Markdown file. */
  readonly line: number;
}

/** The blocks below a heading of the second level: together they are one application. */
export interface Section {
  readonly title: string;
  readonly blocks: CodeBlock[];
}

const FENCE = /^```(\S*) ?(.*)$/;
const FILE_COMMENT = /^(?:\/\/|#) ([\w./-]+\.\w+)$/;

/** All sections that have blocks. */
export function readMarkdown(markdown: string): Section[] {
  const sections: Section[] = [{ title: '', blocks: [] }];
  const lines = markdown.split('\n');
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (line.startsWith('## ')) sections.push({ title: line.slice(3), blocks: [] });
    const [, language = '', mark = ''] = FENCE.exec(line) ?? [];
    if (!line.startsWith('```')) continue;
    const end = lines.indexOf('```', index + 1);
    if (end === -1) throw new Error(`the block in line ${index + 1} does not end`);
    const body = lines.slice(index + 1, end);
    const [, file] = FILE_COMMENT.exec(body[0] ?? '') ?? [];
    sections.at(-1)?.blocks.push({ language, mark, text: `${body.join('\n')}\n`, file, line: index + 1 });
    index = end;
  }
  return sections.filter(({ blocks }) => blocks.length > 0);
}
