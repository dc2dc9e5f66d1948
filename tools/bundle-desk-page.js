import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const DESK = fileURLToPath(new URL('../packages/service-bus-desk', import.meta.url));
const MODULES = fileURLToPath(new URL('../node_modules', import.meta.url));
/** Their code is in the page, so that what they are licensed under is beside it. */
const INCLUDED = ['preact', 'uplot'];

/** Builds the desk's page into a folder: one script, one style sheet, and nothing from elsewhere. */
export async function bundleDeskPage(folder = path.join(DESK, 'dist/page')) {
  const page = path.join(DESK, 'page');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [path.join(page, 'main.tsx')],
    outfile: path.join(folder, 'page.js'),
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['chrome111', 'firefox121', 'safari16.4'],
    tsconfig: path.join(page, 'tsconfig.json'),
    legalComments: 'none',
    logLevel: 'warning',
  });
  await build({
    entryPoints: [path.join(page, 'page.css')],
    outfile: path.join(folder, 'page.css'),
    bundle: true,
    minify: true,
    logLevel: 'warning',
  });
  for (const file of ['index.html', 'icon.svg'])
    await copyFile(path.join(page, file), path.join(folder, file));
  const licences = INCLUDED.map(async (name) => {
    const text = await readFile(path.join(MODULES, name, 'LICENSE'), 'utf8');
    return `${name}\n\n${text.trim()}\n`;
  });
  await writeFile(path.join(folder, 'licenses.txt'), (await Promise.all(licences)).join('\n---\n\n'));
}
