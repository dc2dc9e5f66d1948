import { readFile, writeFile } from 'node:fs/promises';

import { type Section } from './section.js';

// This file runs from .compiled/bench/report.
const RESULTS = new URL('../../../RESULTS.md', import.meta.url);

/** Puts each section between its marks in RESULTS.md (`<!-- name -->` and `<!-- /name -->`). */
export async function writeResults(sections: readonly Section[]): Promise<void> {
  let text = await readFile(RESULTS, 'utf8');
  for (const { name, markdown } of sections) {
    const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`RESULTS.md has no place for ${name}`);
    text = `${text.slice(0, from + begin.length)}\n\n${markdown}\n\n${text.slice(to)}`;
  }
  await writeFile(RESULTS, text);
}
