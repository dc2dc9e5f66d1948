#!/usr/bin/env node
import { CommandLineError, printMigrations } from './command/print-migrations.js';

try {
  process.stdout.write(printMigrations(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof CommandLineError)) throw error;
  process.stderr.write(`${error.message}\n--help tells what can be given\n`);
  process.exitCode = 2;
}
