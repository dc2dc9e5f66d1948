#!/usr/bin/env node
import 'reflect-metadata';

import { runCommand } from './command/run.js';

void runCommand(process.argv.slice(2), { output: process.stdout, errors: process.stderr }).then(
  (exitCode) => {
    // What the application has opened, and does not close before it was started, must not keep the command.
    process.stdout.write('', () => process.exit(exitCode));
  },
);
