import { createInterface } from 'node:readline/promises';

import { DeskError } from '../desk-error.js';
import { type Surroundings } from './streams.js';

/** Resolves when the name has been typed, or given with the command. @throws DeskError if something else was */
export async function askFor(
  { input, errors, signal }: Surroundings,
  name: string,
  question: string,
  given: string | undefined,
): Promise<void> {
  if (given === undefined && input.isTTY !== true) {
    throw new DeskError(`this cannot be undone: confirm it with --confirm ${name}`, 'bad-input');
  }
  const answer = given ?? (await ask(input, errors, question, signal));
  if (answer.trim() !== name)
    throw new DeskError(`${answer.trim()} is not ${name}: nothing was done`, 'bad-input');
}

async function ask(
  input: Surroundings['input'],
  output: Surroundings['errors'],
  question: string,
  signal: AbortSignal,
): Promise<string> {
  const lines = createInterface({ input, output });
  try {
    return await lines.question(question, { signal });
  } finally {
    lines.close();
  }
}
