import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { type TlsOptions } from '../server/tls.js';

/** What the command was asked to do. */
export type CommandLine =
  | { readonly command: 'help' }
  | { readonly command: 'version' }
  | { readonly command: 'salvage'; readonly from: string; readonly to: string }
  | ({ readonly command: 'start' } & StartLine);

/** How the emulator is to be started. */
export interface StartLine {
  readonly config: string | undefined;
  readonly port: number;
  readonly administrationPort: number;
  readonly host: string | undefined;
  readonly allowedHosts: readonly string[] | undefined;
  readonly tls: TlsOptions | undefined;
  readonly dataDirectory: string | undefined;
  readonly acceptAnyToken: boolean;
}

/** The command line, or the environment, is wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What `--help` prints. */
export const USAGE = `Usage: service-bus-emulator [options]
       service-bus-emulator salvage --data DIR --to NEW-DIR

A Service Bus over AMQP 1.0 on this machine, for development and tests.

Options, and the environment variables that stand in for them:
  --config FILE      entities, in the Config.json format of Microsoft's emulator (CONFIG_PATH)
  --port PORT        AMQP, and the administration API beside it (EMULATOR_PORT; default 5672; 0: any free port)
  --admin-port PORT  the administration API over HTTP (EMULATOR_ADMIN_PORT, or EMULATOR_HTTP_PORT as in Microsoft's
                     emulator; default 5300; 0: any free port)
  --host ADDRESS     address to listen on (default localhost: this machine only, by IPv4 and IPv6)
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

salvage carries over, from a directory of --data that is damaged, what can be read, and lists what cannot.
`;

type Environment = Readonly<Record<string, string | undefined>>;
type Values = Readonly<Record<string, string | boolean | undefined>>;

/** Reads arguments, and the environment for what they do not say. @throws UsageError */
export function readCommandLine(args: readonly string[], environment: Environment): CommandLine {
  const { values, positionals } = parse(args);
  if (values['help'] === true) return { command: 'help' };
  if (values['version'] === true) return { command: 'version' };
  const settings = new Settings(values, environment);
  const [command, ...others] = positionals;
  if (others.length > 0 || (command ?? 'salvage') !== 'salvage')
    throw new UsageError(`${others[0] ?? command}: there is no such command\n\n${USAGE}`);
  const [from, to] = [settings.text('data'), settings.text('to')];
  if (command === 'salvage') {
    if (from === undefined || to === undefined) throw new UsageError('salvage needs both --data and --to');
    return { command, from, to };
  }
  if (to !== undefined) throw new UsageError('--to belongs to salvage');
  return {
    command: 'start',
    config: settings.text('config', 'CONFIG_PATH'),
    port: settings.port('port', 5672, 'EMULATOR_PORT'),
    administrationPort: settings.port('admin-port', 5300, 'EMULATOR_ADMIN_PORT', 'EMULATOR_HTTP_PORT'),
    host: settings.text('host'),
    allowedHosts: settings
      .text('allow-host')
      ?.split(',')
      .map((name) => name.trim()),
    tls: readTls(settings),
    dataDirectory: from,
    acceptAnyToken: values['accept-any-token'] === true,
  };
}

function parse(args: readonly string[]): { values: Values; positionals: string[] } {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
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
        to: { type: 'string' },
        'accept-any-token': { type: 'boolean' },
        version: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

/** Options, and where they are not given the variables that stand in for them. */
class Settings {
  constructor(
    private readonly values: Values,
    private readonly environment: Environment,
  ) {}

  text(option: string, ...variables: string[]): string | undefined {
    return this.#find(option, variables)?.value;
  }

  port(option: string, byDefault: number, ...variables: string[]): number {
    const found = this.#find(option, variables);
    if (found === undefined) return byDefault;
    const port = Number(found.value);
    if (!/^\d+$/.test(found.value) || port > 65_535)
      throw new UsageError(`${found.name} ${found.value}: a port is a number from 0 to 65535`);
    return port;
  }

  isGiven(option: string): boolean {
    return this.values[option] !== undefined;
  }

  #find(option: string, variables: readonly string[]): { name: string; value: string } | undefined {
    const value = this.values[option];
    if (typeof value === 'string') return { name: `--${option}`, value };
    // Compose and the like set a variable that their user has not set to nothing.
    const name = variables.find((variable) => (this.environment[variable] ?? '') !== '');
    return name === undefined ? undefined : { name, value: this.environment[name] ?? '' };
  }
}

/** Returns the options of TLS; undefined where none of them is given. */
function readTls(settings: Settings): TlsOptions | undefined {
  if (!['tls', 'tls-port', 'tls-cert', 'tls-key'].some((option) => settings.isGiven(option)))
    return undefined;
  const certificate = settings.text('tls-cert');
  const key = settings.text('tls-key');
  return {
    port: settings.port('tls-port', 5671),
    ...(certificate !== undefined && { certificate: readFileSync(certificate, 'utf8') }),
    ...(key !== undefined && { key: readFileSync(key, 'utf8') }),
  };
}
