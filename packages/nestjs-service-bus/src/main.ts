#!/usr/bin/env node
import 'reflect-metadata';

import { runCommand } from './command/run.js';

// What the application itself writes while it is created is none of the answer, which may go on into a file.
const answer = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);

void runCommand(process.argv.slice(2), {
  output: { write: (text) => answer(text) },
  errors: process.stderr,
}).then((exitCode) => {
  // What the application has opened, and does not close before it was started, must not keep the command.
  answer('', () => process.exit(exitCode));
});
