import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { type CodeBlock, readMarkdown } from './read-markdown.js';

const README = fileURLToPath(new URL('../../README.md', import.meta.url));

/** Writes the TypeScript in the README of the repository to a folder, and returns it by its paths. */
export async function writeRootReadme(directory: string): Promise<ReadonlyMap<string, CodeBlock>> {
  const blocks = new Map<string, CodeBlock>();
  for (const section of readMarkdown(await readFile(README, 'utf8'))) {
    for (const block of section.blocks) {
      if (block.language !== 'ts') continue;
      if (block.file === undefined) throw new Error(`line ${block.line}: the block names no file`);
      blocks.set(block.file, block);
    }
  }
  for (const [file, { text }] of blocks) {
    await mkdir(path.dirname(path.join(directory, file)), { recursive: true });
    await writeFile(path.join(directory, file), text);
  }
  return blocks;
}
