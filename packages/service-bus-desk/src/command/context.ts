import { type Command } from 'commander';

import { type Desk } from '../desk.js';
import { type Output, type Surroundings } from './streams.js';

/** What each command is given. */
export interface CommandContext extends Surrounded {
  readonly desk: Desk;
}

/** What a command is given that needs no namespace. */
export interface Surrounded {
  readonly output: Output;
  readonly surroundings: Surroundings;
}

/** Runs a command's work, and remembers how the process is to end. */
export interface Run {
  (command: Command, work: (context: CommandContext) => Promise<number | void>): Promise<void>;
  /** The same, without opening the namespace that the environment names: it need not name one. */
  alone(command: Command, work: (context: Surrounded) => Promise<number | void>): Promise<void>;
}
