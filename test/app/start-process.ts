import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { until } from '../support/until.js';

const START_TIMEOUT_MS = 60_000;
const LOADER = new URL('../support/typescript.js', import.meta.url).href;
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
/** `SERVICE_PROGRAM=dist/service/main.js npm test -- e2e` has all of them try the service as it was built. */
const BUILT = process.env['SERVICE_PROGRAM'];
const FREE_PORTS = { PORT: '0', EMULATOR_PORT: '0', EMULATOR_ADMIN_PORT: '0' };

/** The service as a separate process, in an empty working directory. */
export class ServiceProcess {
  output = '';
  errors = '';
  private readonly exited: Promise<unknown>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly directory: string,
  ) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.errors += text));
    this.exited = once(child, 'close');
  }

  /** Starts it from its sources with these variables only, on free ports unless they say otherwise. */
  static start(variables: Readonly<Record<string, string>>, dotEnv?: string | null): Promise<ServiceProcess> {
    const args =
      BUILT === undefined ? ['--import', LOADER, MAIN] : ['--enable-source-maps', path.resolve(BUILT)];
    return ServiceProcess.run(process.execPath, args, variables, dotEnv);
  }

  /** Starts it as it was built: a program in JavaScript. */
  static startBuilt(program: string, variables: Readonly<Record<string, string>>): Promise<ServiceProcess> {
    return ServiceProcess.run(process.execPath, ['--enable-source-maps', program], variables);
  }

  /** Starts a repository's service by `npm start`, as it was built before; `signal` goes to npm. */
  static startByNpm(
    repository: string,
    variables: Readonly<Record<string, string>> = {},
  ): Promise<ServiceProcess> {
    return ServiceProcess.run('npm', ['--prefix', repository, 'start', '--ignore-scripts'], variables);
  }

  private static async run(
    command: string,
    args: readonly string[],
    variables: Readonly<Record<string, string>>,
    dotEnv?: string | null,
  ): Promise<ServiceProcess> {
    const directory = await mkdtemp(path.join(tmpdir(), 'service-'));
    // Null: a folder of that name, which nobody can read.
    if (dotEnv === null) await mkdir(path.join(directory, '.env'));
    else if (dotEnv !== undefined) await writeFile(path.join(directory, '.env'), dotEnv);
    const child = spawn(command, args, {
      cwd: directory,
      env: { PATH: process.env['PATH'], ...FREE_PORTS, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new ServiceProcess(child, directory);
  }

  /** Waits until it is ready, and returns its address. */
  async ready(): Promise<string> {
    const address = (): string | undefined => /ready after .*? (http:\S+?),/.exec(this.output)?.[1];
    await until(() => address() !== undefined || this.child.exitCode !== null, START_TIMEOUT_MS);
    const url = address();
    if (url === undefined) throw new Error(`it did not start:\n${this.output}${this.errors}`);
    return url;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Closes the pipes that its log goes to, as a reader does that has seen enough. */
  async stopReading(): Promise<void> {
    for (const pipe of [this.child.stdout, this.child.stderr]) if (pipe) await once(pipe.destroy(), 'close');
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** The ids of its workers' processes, by their numbers. */
  async workers(): Promise<ReadonlyMap<number, number>> {
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args=']);
    const lines = stdout.matchAll(/^ *(\d+) +(\d+) .* --worker (\d+)(?: .*)?$/gm);
    const own = [...lines].filter(([, , parent]) => Number(parent) === this.child.pid);
    return new Map(own.map(([, pid, , number]) => [Number(number), Number(pid)]));
  }

  /** Waits until it and its workers have exited, and returns its exit code. */
  async exit(): Promise<number | null> {
    await this.exited;
    return this.child.exitCode;
  }

  /** Kills it. */
  async close(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
    await rm(this.directory, { recursive: true });
  }
}
