#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { ConfigError } from './config/config-error.js';
import { readEntities } from './config/read-entities.js';
import { startEmulator } from './start-emulator.js';

const USAGE = `Usage: service-bus-emulator [options]

A Service Bus over AMQP 1.0 on this machine, for development and tests.

Options:
  --config FILE      entities, in the Config.json format of Microsoft's emulator
  --port PORT        AMQP, and the administration API beside it (default 5672; 0: any free port)
  --admin-port PORT  the administration API over HTTP (default 5300; 0: any free port)
  --host ADDRESS     address to listen on (default 127.0.0.1: this machine only)
  --data DIR         keep entities and messages in this directory (default: in memory)
  --accept-any-token accept every token without verifying it
  --version          print the version
  --help             print this text
`;

/** Prints a message to the user and exits with code 1. */
function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function readOptions(): Record<string, string | boolean | undefined> {
  try {
    return parseArgs({
      options: {
        config: { type: 'string' },
        port: { type: 'string' },
        'admin-port': { type: 'string' },
        host: { type: 'string' },
        data: { type: 'string' },
        'accept-any-token': { type: 'boolean' },
        version: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    fail(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

/** Returns the package's version. Its package.json is one folder above this file, in the sources as in every build. */
function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function readPort(option: string, value: string | boolean | undefined, byDefault: number): number {
  if (value === undefined) return byDefault;
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    fail(`${option} ${value}: a port is a number from 0 to 65535`);
  return port;
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const { code, port, message } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE')
    return `Port ${port} is taken: choose another with --port or --admin-port (0: any free one).`;
  return message;
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options['help'] === true) {
    process.stdout.write(USAGE);
    return;
  }
  if (options['version'] === true) {
    process.stdout.write(`${readVersion()}\n`);
    return;
  }
  const config = options['config'];
  const entities = typeof config === 'string' ? await readEntities(config) : {};
  const { host, data } = options;
  const emulator = await startEmulator({
    port: readPort('--port', options['port'], 5672),
    administrationPort: readPort('--admin-port', options['admin-port'], 5300),
    acceptAnyToken: options['accept-any-token'] === true,
    entities,
    ...(typeof host === 'string' && { host }),
    ...(typeof data === 'string' && { dataDirectory: data }),
  });
  const { queues = [], topics = [] } = entities;
  process.stdout.write(
    `Service Bus emulator: ${queues.length} queues, ${topics.length} topics\n` +
      `  connection string  ${emulator.connectionString}\n` +
      `  administration     ${emulator.administrationUrl}\n`,
  );
  const stop = (): void => void emulator.close().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((error: unknown) => fail(explain(error)));
