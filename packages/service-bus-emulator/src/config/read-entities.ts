import { readFile } from 'node:fs/promises';

import { type Entities } from '../entities.js';
import { ConfigError } from './config-error.js';
import { ConfigReader } from './config-reader.js';
import { toEntities } from './to-entities.js';

/**
 * Reads the entities from a Config.json of Microsoft's emulator.
 * Rejects with a ConfigError that names every problem, or with the system's error if the file cannot be read.
 */
export async function readEntities(configFile: string): Promise<Entities> {
  const text = await readFile(configFile, 'utf8');
  let parsed: unknown;
  try {
    // Editors on Windows write a byte order mark, which JSON does not allow.
    parsed = JSON.parse(stripComments(text.replace(/^\uFEFF/, '')));
  } catch (error) {
    throw new ConfigError(configFile, [
      `not JSON: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
  const reader = new ConfigReader();
  const entities = toEntities(reader.object(parsed, ''));
  if (reader.problems.length > 0) throw new ConfigError(configFile, reader.problems);
  return entities;
}

/** Blanks out comments, which Microsoft's samples have, so that the positions in error messages stay right. */
export function stripComments(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g, (match: string, literal?: string) =>
    literal === undefined ? match.replace(/[^\n]/g, ' ') : match,
  );
}
