import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import ts from 'typescript';

/** Where the sources stand whose imports must not run in a circle. */
const SOURCES = ['src', 'packages/*/src'];

/** Each source file's imports of other source files, type imports included; by path from the root. */
function readImports(root) {
  const files = SOURCES.flatMap((pattern) => foldersOf(root, pattern)).flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
      .map((file) => path.posix.join(folder, file.split(path.sep).join('/'))),
  );
  return new Map(files.map((file) => [file, importsOf(root, file)]));
}

function foldersOf(root, pattern) {
  const [before, after] = pattern.split('*');
  if (after === undefined) return [pattern];
  return readdirSync(path.join(root, before), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${before}${name}${after}`);
}

function importsOf(root, file) {
  const { importedFiles } = ts.preProcessFile(readFileSync(path.join(root, file), 'utf8'));
  return importedFiles.map(({ fileName }) => fileName).flatMap((name) => targetOf(file, name) ?? []);
}

function targetOf(file, specifier) {
  if (!specifier.startsWith('.')) return undefined;
  return path.posix.join(path.posix.dirname(file), specifier).replace(/\.js$/, '.ts');
}

/** The shortest way from one file to another along imports, both ends included; undefined if there is none. */
function wayBetween(imports, from, to) {
  const cameFrom = new Map([[from, undefined]]);
  for (const file of cameFrom.keys()) {
    if (file === to) return trace(cameFrom, to);
    for (const next of imports.get(file) ?? []) if (!cameFrom.has(next)) cameFrom.set(next, file);
  }
  return undefined;
}

function trace(cameFrom, end) {
  const way = [];
  for (let file = end; file !== undefined; file = cameFrom.get(file)) way.unshift(file);
  return way;
}

let imports;

/** Reports each import that leads back to the file that it stands in. Types count: they tie files together as well. */
export const noCircle = {
  meta: { type: 'problem', schema: [], messages: { circle: 'this import runs in a circle: {{way}}' } },
  create(context) {
    const file = path.relative(context.cwd, context.filename).split(path.sep).join('/');
    imports ??= readImports(context.cwd);
    if (!imports.has(file)) return {};
    const check = (node) => {
      const source = node.source?.value;
      const target = typeof source === 'string' ? targetOf(file, source) : undefined;
      const way = target && imports.has(target) ? wayBetween(imports, target, file) : undefined;
      if (way) context.report({ node, messageId: 'circle', data: { way: [file, ...way].join(' → ') } });
    };
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check };
  },
};
