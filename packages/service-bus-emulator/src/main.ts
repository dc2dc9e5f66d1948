#!/usr/bin/env node
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { readCommandLine, type StartLine, USAGE } from './command/read-command-line.js';
import { readEntities } from './config/read-entities.js';
import { type Emulator } from './emulator.js';
import { salvageStore } from './store/salvage-store.js';
import { startEmulator } from './start-emulator.js';

// Microsoft's emulator says so when it is ready, and programs that start it in a container wait for this line.
const READY = 'Emulator Service is Successfully Up!';

/** Returns the package's version. Its package.json is one folder above this file, in the sources as in every build. */
function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function warn(warning: string): void {
  process.stderr.write(`warning: ${warning}\n`);
}

/** Writes the certificate where clients can read it, in a folder that nobody else can write to. */
function writeCertificate(certificate: string): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'service-bus-emulator-')), 'certificate.pem');
  writeFileSync(file, certificate);
  return file;
}

/** What the program says about itself when it is ready. */
function describeEmulator(emulator: Emulator, certificateFile: string | undefined): string {
  const { connectionString, administrationUrl, tls } = emulator;
  const lines = [
    ['connection string', connectionString],
    ['administration', administrationUrl],
    ...(tls ? [['by TLS', tls.connectionString]] : []),
    ...(certificateFile === undefined ? [] : [['certificate', `NODE_EXTRA_CA_CERTS=${certificateFile}`]]),
  ];
  return lines.map(([name = '', value = '']) => `  ${name.padEnd(18)} ${value}\n`).join('');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function explain(error: unknown): string {
  const { code, port, message } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE')
    return `Port ${port} is taken: choose another with --port, --admin-port or --tls-port (0: any free one).`;
  return message;
}

async function start({
  config,
  tls,
  // The port is known, and clients choose the address themselves: by IPv4 or IPv6.
  host = 'localhost',
  allowedHosts,
  dataDirectory,
  ...options
}: StartLine): Promise<void> {
  const entities = config === undefined ? {} : await readEntities(config, warn);
  const emulator = await startEmulator({
    ...options,
    host,
    entities,
    ...(tls && { tls }),
    ...(allowedHosts && { allowedHosts }),
    ...(dataDirectory !== undefined && { dataDirectory }),
  });
  const isMade = emulator.tls && tls?.certificate === undefined;
  const certificateFile = isMade ? writeCertificate(emulator.tls.certificate) : undefined;
  const { queues = [], topics = [] } = entities;
  process.stdout.write(
    `Service Bus emulator: ${queues.length} queues, ${topics.length} topics\n` +
      describeEmulator(emulator, certificateFile) +
      `${READY}\n`,
  );
  if (!isLoopback(host)) {
    warn(
      `it listens on ${host}, not on this machine alone, and its key is public: whoever reaches it can read and write everything`,
    );
  }
  const stop = async (): Promise<void> => {
    await emulator.close();
    if (certificateFile !== undefined)
      rmSync(path.dirname(certificateFile), { recursive: true, force: true });
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop());
  process.once('SIGINT', () => void stop());
}

async function salvage(from: string, to: string): Promise<void> {
  const { carried, losses } = await salvageStore(from, to);
  const { entities, messages, others } = carried;
  process.stdout.write(
    `${to}: carried over ${entities} entities, ${messages} messages and ${others} other records\n` +
      losses.map((loss) => `  ${loss}\n`).join(''),
  );
}

async function main(): Promise<void> {
  const line = readCommandLine(process.argv.slice(2), process.env);
  switch (line.command) {
    case 'help':
      process.stdout.write(USAGE);
      return;
    case 'version':
      process.stdout.write(`${readVersion()}\n`);
      return;
    case 'salvage':
      return salvage(line.from, line.to);
    case 'start':
      return start(line);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
});
