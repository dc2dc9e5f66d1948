#!/usr/bin/env node
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { ConfigError } from './config/config-error.js';
import { readEntities } from './config/read-entities.js';
import { type Emulator } from './emulator.js';
import { type TlsOptions } from './server/tls.js';
import { startEmulator } from './start-emulator.js';

const USAGE = `Usage: service-bus-emulator [options]

A Service Bus over AMQP 1.0 on this machine, for development and tests.

Options:
  --config FILE      entities, in the Config.json format of Microsoft's emulator
  --port PORT        AMQP, and the administration API beside it (default 5672; 0: any free port)
  --admin-port PORT  the administration API over HTTP (default 5300; 0: any free port)
  --host ADDRESS     address to listen on (default localhost: this machine only)
  --allow-host NAMES names by which HTTP and WebSocket clients reach it, besides addresses and local
                     ones, separated by commas (*: any)
  --tls              serve TLS as well, with a certificate made at the start: needs the package selfsigned
  --tls-port PORT    AMQP, AMQP over WebSockets and administration by TLS (default 5671; 0: any free port)
  --tls-cert FILE    your own certificate instead, as PEM, and
  --tls-key FILE     its private key
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
        'allow-host': { type: 'string' },
        tls: { type: 'boolean' },
        'tls-port': { type: 'string' },
        'tls-cert': { type: 'string' },
        'tls-key': { type: 'string' },
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

/** Returns the options of TLS; undefined where none of them is given. */
function readTls(options: Record<string, string | boolean | undefined>): TlsOptions | undefined {
  const { tls, 'tls-port': port, 'tls-cert': certificate, 'tls-key': key } = options;
  if ([tls, port, certificate, key].every((option) => option === undefined)) return undefined;
  const text = (file: string | boolean | undefined): string | undefined =>
    typeof file === 'string' ? readFileSync(file, 'utf8') : undefined;
  return {
    port: readPort('--tls-port', port, 5671),
    ...(certificate !== undefined && { certificate: text(certificate) }),
    ...(key !== undefined && { key: text(key) }),
  };
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
  if (error instanceof ConfigError) return error.message;
  const { code, port, message } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE')
    return `Port ${port} is taken: choose another with --port, --admin-port or --tls-port (0: any free one).`;
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
  const { host, data, 'allow-host': allowedHosts } = options;
  const tls = readTls(options);
  const emulator = await startEmulator({
    port: readPort('--port', options['port'], 5672),
    administrationPort: readPort('--admin-port', options['admin-port'], 5300),
    acceptAnyToken: options['accept-any-token'] === true,
    entities,
    ...(tls && { tls }),
    ...(typeof host === 'string' && { host }),
    ...(typeof allowedHosts === 'string' && {
      allowedHosts: allowedHosts.split(',').map((name) => name.trim()),
    }),
    ...(typeof data === 'string' && { dataDirectory: data }),
  });
  const isMade = emulator.tls && options['tls-cert'] === undefined;
  const certificateFile = isMade ? writeCertificate(emulator.tls.certificate) : undefined;
  const { queues = [], topics = [] } = entities;
  process.stdout.write(
    `Service Bus emulator: ${queues.length} queues, ${topics.length} topics\n` +
      describeEmulator(emulator, certificateFile),
  );
  if (typeof host === 'string' && !isLoopback(host)) {
    process.stderr.write(
      `warning: it listens on ${host}, not on this machine alone, and its key is public: whoever reaches it can read and write everything\n`,
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

main().catch((error: unknown) => fail(explain(error)));
