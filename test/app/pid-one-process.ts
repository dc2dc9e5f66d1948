import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { until } from '../support/until.js';

const LOADER = new URL('../support/typescript.js', import.meta.url).href;
const NEW_NAMESPACE = ['--pid', '--fork', '--mount-proc', '--kill-child'];
// Who is not root may make a process namespace inside a user namespace, where the machine allows those.
const WAYS = [NEW_NAMESPACE, ['--user', '--map-root-user', ...NEW_NAMESPACE]];
const START_TIMEOUT_MS = 30_000;

/** How `unshare` makes a process namespace here; undefined where it may not. */
export const unshareOptions = WAYS.find((options) => spawnSync('unshare', [...options, 'true']).status === 0);

/** A TypeScript file as process 1 of its own process namespace, as in a container. */
export class PidOneProcess {
  output = '';
  private readonly exited: Promise<unknown>;

  private constructor(
    private readonly parent: ChildProcess,
    private readonly directory: string,
  ) {
    for (const stream of [parent.stdout, parent.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    this.exited = once(parent, 'close');
  }

  static async start(
    file: string,
    variables: Readonly<Record<string, string>>,
    args: readonly string[],
  ): Promise<PidOneProcess> {
    const directory = await mkdtemp(path.join(tmpdir(), 'pid-one-'));
    const main = fileURLToPath(new URL(file, import.meta.url));
    const command = [process.execPath, '--import', LOADER, main, ...args];
    const child = spawn('unshare', [...(unshareOptions ?? []), ...command], {
      cwd: directory,
      env: { PATH: process.env['PATH'], NO_COLOR: '1', ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new PidOneProcess(child, directory);
  }

  /** Waits until the output matches, and returns the first group. */
  async said(pattern: RegExp): Promise<string> {
    const hasEnded = (): boolean => this.parent.exitCode !== null;
    await until(() => pattern.test(this.output) || hasEnded(), START_TIMEOUT_MS);
    const match = pattern.exec(this.output);
    if (!match) throw new Error(`it ended, and had not said ${pattern.source}:\n${this.output}`);
    return match[1] ?? '';
  }

  /** The ids that the process has, from the outermost namespace to its own. */
  get ids(): number[] {
    const { pid } = this.parent;
    const child = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    const [, ids = ''] = /^NSpid:\s+(.*)$/m.exec(readFileSync(`/proc/${child}/status`, 'utf8')) ?? [];
    return ids.split(/\s+/).map(Number);
  }

  signal(name: NodeJS.Signals): void {
    const [outside] = this.ids;
    if (outside === undefined) throw new Error('the process is gone');
    process.kill(outside, name);
  }

  /** Waits until it has exited, and returns its exit code. */
  async exit(): Promise<number | null> {
    await this.exited;
    return this.parent.exitCode;
  }

  /** Kills it. */
  async close(): Promise<void> {
    this.parent.kill('SIGKILL');
    await this.exited;
    await rm(this.directory, { recursive: true });
  }
}
