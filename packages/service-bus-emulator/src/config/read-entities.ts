import { readFile } from 'node:fs/promises';

import { type Node, type ParseError } from 'jsonc-parser';

import { type Entities } from '../entities.js';
import { ConfigError, type ConfigProblem, describeProblem } from './config-error.js';
import { ConfigReader } from './config-reader.js';
import { toEntities } from './to-entities.js';

/**
 * Reads the entities from a Config.json of Microsoft's emulator, as leniently as that one does: comments, trailing
 * commas, keys of any case, numbers and booleans also as strings. What has no effect, such as a misspelt key, is a
 * warning, handed to `warn` as a line that names the file and the place; by default it is a warning of the process.
 * Rejects with a ConfigError that names every problem, or with the system's error if the file cannot be read.
 */
export async function readEntities(
  configFile: string,
  warn: (warning: string) => void = (warning) => process.emitWarning(warning),
): Promise<Entities> {
  // Editors on Windows write a byte order mark, which JSON does not allow.
  const text = (await readFile(configFile, 'utf8')).replace(/^\uFEFF/, '');
  const reader = new ConfigReader(text);
  const entities = toEntities(reader.root(await parse(configFile, text, reader)));
  if (reader.problems.length > 0) throw new ConfigError(configFile, reader.problems.sort(byPlace));
  const { queues = [], topics = [] } = entities;
  const warnings = reader.warnings;
  if (queues.length + topics.length === 0)
    warnings.push(reader.problemAt(0, '', 'it declares no queue and no topic'));
  for (const warning of warnings) warn(describeProblem(configFile, warning));
  return entities;
}

function byPlace(one: ConfigProblem, other: ConfigProblem): number {
  return one.line - other.line || one.column - other.column;
}

async function parse(file: string, text: string, reader: ConfigReader): Promise<Node | undefined> {
  // Whoever declares entities in code does without the parser.
  const { parseTree, printParseErrorCode } = await import('jsonc-parser');
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  // What follows the first error is mostly its consequence.
  const [first] = errors;
  if (first === undefined) return root;
  const what = printParseErrorCode(first.error).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  throw new ConfigError(file, [reader.problemAt(first.offset, '', `not JSON:${what}`)]);
}
