#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';

import { runCommand } from './command/run.js';

/** Returns the package's version. Its package.json is one folder above this file, in the sources as in every build. */
function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

// Nearly all that is read is forgotten at once, and V8 would let some 40 MB of that gather.
setFlagsFromString('--optimize-for-size');

const controller = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Who asks twice does not want to wait until everything is given back.
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Error('interrupted'));
  });
}
// Whoever reads what is printed has seen enough: `service-bus-desk … | head`.
process.stdout.on('error', () => process.exit(0));

void runCommand(process.argv.slice(2), readVersion(), {
  environment: process.env,
  input: process.stdin,
  output: process.stdout,
  errors: process.stderr,
  signal: controller.signal,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
