import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';

import { until } from '../support/until.js';

const LOADER = new URL('../support/typescript.js', import.meta.url).href;
const JEST = new URL('../../node_modules/jest/bin/jest.js', import.meta.url).pathname;
const ROOT = new URL('../../', import.meta.url).pathname;
const TIMEOUT_MS = 120_000;

/** A program of the documentation, or a command of its reader, as a process of its own. */
export class StartedProcess {
  output = '';
  private readonly ended: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    this.ended = once(child, 'close');
  }

  static start(
    command: string,
    args: readonly string[],
    cwd: string,
    variables: Readonly<Record<string, string>>,
  ): StartedProcess {
    const env = { PATH: process.env['PATH'], NO_COLOR: '1', ...variables };
    return new StartedProcess(spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  /** A TypeScript program, from its sources; arguments follow its file. */
  static program(
    file: string | readonly string[],
    cwd: string,
    variables: Readonly<Record<string, string>>,
  ): StartedProcess {
    return StartedProcess.start(process.execPath, ['--import', LOADER].concat(file), cwd, variables);
  }

  /** Waits for a text in its output; fails with all of that if the process ends without, or it takes too long. */
  async says(text: string): Promise<void> {
    try {
      await until(() => this.output.includes(text) || this.child.exitCode !== null, TIMEOUT_MS);
    } catch {
      // Told below.
    }
    if (!this.output.includes(text)) throw new Error(`"${text}" is missing from:\n${this.output}`);
  }

  /** Resolves with its exit code when it has ended by itself. */
  async end(): Promise<number | null> {
    await this.ended;
    return this.child.exitCode;
  }

  /** Ends it as a crash does. */
  async crash(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Ends it as an operator would. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGTERM');
    await this.ended;
  }
}

/** Runs the Jest tests in a folder, which import the packages by name; resolves with the report of a success. */
export async function runJest(directory: string): Promise<string> {
  const config = {
    rootDir: directory,
    testRegex: '\\.spec\\.ts$',
    extensionsToTreatAsEsm: ['.ts'],
    resolver: `${ROOT}test/support/resolver.js`,
    transform: { '^.+\\.ts$': `${ROOT}test/support/jest-transform.js` },
    testTimeout: TIMEOUT_MS,
  };
  const args = ['--experimental-vm-modules', JEST, '--runInBand', '--config', JSON.stringify(config)];
  const jest = StartedProcess.start(process.execPath, args, directory, {});
  if ((await jest.end()) !== 0) throw new Error(jest.output);
  return jest.output;
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** What a program says when it is ready. */
export async function readyLine(directory: string, file: string): Promise<string> {
  const source = await readFile(path.join(directory, file), 'utf8');
  return source.includes('createMicroservice(')
    ? 'Nest microservice successfully started'
    : 'Nest application successfully started';
}
