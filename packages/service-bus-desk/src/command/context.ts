import { type Command } from 'commander';

import { type Desk } from '../desk.js';
import { type Output, type Surroundings } from './streams.js';

/** What each command is given. */
export interface CommandContext {
  readonly desk: Desk;
  readonly output: Output;
  readonly surroundings: Surroundings;
}

/** Runs a command's work, and remembers how the process is to end. */
export type Run = (
  command: Command,
  work: (context: CommandContext) => Promise<number | void>,
) => Promise<void>;
