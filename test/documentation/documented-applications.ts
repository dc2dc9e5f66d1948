import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { type CodeBlock, type Section } from './read-markdown.js';

/** What a section of a README shows, as files in a folder. */
export interface DocumentedApplication {
  readonly title: string;
  readonly directory: string;
  /** Its own files and those of the first section, by path. */
  readonly files: ReadonlyMap<string, CodeBlock>;
  /** Those of its own files that are tests. */
  readonly tests: readonly string[];
  /** Nothing of it can run here, and each of its files says so. */
  readonly isCompiledOnly: boolean;
  /** Commands that the reader types once it runs. */
  readonly commands: readonly string[];
  /** Lines that the reader is told to expect. */
  readonly expected: readonly string[];
}

const SOURCES = new Set(['ts', 'js', 'json', 'mjs']);

/**
 * Writes each section's files to a folder of its own. Each section adds to the application of the first one: where it
 * shows a file again, that one counts.
 */
export async function writeApplications(
  sections: readonly Section[],
  directory: string,
): Promise<DocumentedApplication[]> {
  const first = new Map<string, CodeBlock>();
  const applications: DocumentedApplication[] = [];
  for (const [index, { title, blocks }] of sections.entries()) {
    const own = new Map<string, CodeBlock>();
    const commands: string[] = [];
    const expected: string[] = [];
    for (const block of blocks) {
      if (block.mark === 'no-run') continue;
      if (block.file !== undefined && SOURCES.has(block.language)) own.set(block.file, block);
      else if (block.language === 'bash') commands.push(block.text);
      else if (block.language === 'text') expected.push(...block.text.trim().split('\n'));
      else
        throw new Error(`line ${block.line}: this block is neither a file, nor commands, nor marked no-run`);
    }
    if (index === 0) for (const [file, block] of own) first.set(file, block);
    const files = new Map([...first, ...own]);
    const folder = path.join(directory, title.toLowerCase().replaceAll(/\W+/g, '-'));
    for (const [file, { text }] of files) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), text);
    }
    const tests = [...own.keys()].filter((file) => file.endsWith('.spec.ts'));
    const isCompiledOnly = [...own.values()].every(({ mark }) => mark === 'compile-only');
    if (own.size > 0) {
      applications.push({ title, directory: folder, files, tests, isCompiledOnly, commands, expected });
    }
  }
  return applications;
}
