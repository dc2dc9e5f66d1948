import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { freePort } from './free-port.js';

// Bypasses Debian's wrapper in the path, which would switch to another user.
const PROGRAM = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
/** What Linux counts processor time in (`USER_HZ`). */
const TICK_US = 10_000;

/** The benchmark's own RabbitMQ: on free ports, with its data in a folder that is deleted at the end. */
export class RabbitMqServer {
  private constructor(
    private readonly process: ChildProcess,
    readonly address: string,
    private readonly folder: string,
    private readonly nameServerPort: number,
  ) {}

  static isInstalled(): boolean {
    return existsSync(PROGRAM);
  }

  /** Starts it with these plugins beside those that it always has. */
  static async start(plugins: readonly string[] = []): Promise<RabbitMqServer> {
    const [port, distributionPort, nameServerPort] = [await freePort(), await freePort(), await freePort()];
    const folder = await mkdtemp(path.join(tmpdir(), 'bench-rabbitmq-'));
    await writeFile(path.join(folder, 'enabled_plugins'), `[${plugins.join()}].`);
    const child = spawn(PROGRAM, [], {
      stdio: 'ignore',
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        ERL_EPMD_PORT: String(nameServerPort),
        RABBITMQ_NODENAME: `bench-${port}@localhost`,
        RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
        RABBITMQ_NODE_PORT: String(port),
        RABBITMQ_DIST_PORT: String(distributionPort),
        RABBITMQ_MNESIA_BASE: path.join(folder, 'data'),
        RABBITMQ_LOG_BASE: path.join(folder, 'log'),
        RABBITMQ_PID_FILE: path.join(folder, 'pid'),
        RABBITMQ_ENABLED_PLUGINS_FILE: path.join(folder, 'enabled_plugins'),
        RABBITMQ_CONFIG_FILE: path.join(folder, 'rabbitmq'),
      },
    });
    const server = new RabbitMqServer(child, `amqp://guest:guest@127.0.0.1:${port}`, folder, nameServerPort);
    try {
      await server.listening(port);
      return server;
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  /** Microseconds of processor time that the server has used so far, itself alone. */
  async processorUs(): Promise<number> {
    const pid = (await readFile(path.join(this.folder, 'pid'), 'utf8')).trim();
    // proc(5): after the name in brackets, utime and stime are the 12th and the 13th field.
    const [user, system] = (await readFile(`/proc/${pid}/stat`, 'utf8'))
      .split(') ')
      .at(-1)!
      .split(' ')
      .slice(11);
    return (Number(user) + Number(system)) * TICK_US;
  }

  async close(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = once(this.process, 'exit');
      const timer = setTimeout(() => this.process.kill('SIGKILL'), STOP_TIMEOUT_MS);
      this.process.kill('SIGTERM');
      await ended;
      clearTimeout(timer);
    }
    // Erlang's name server was started together with RabbitMQ, but outlives it.
    await promisify(execFile)('epmd', ['-port', String(this.nameServerPort), '-kill']).catch(() => undefined);
    await rm(this.folder, { recursive: true, force: true });
  }

  private async listening(port: number): Promise<void> {
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (performance.now() < deadline) {
      if (this.process.exitCode !== null) break;
      if (await canConnect(port)) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error('rabbitmq-server did not start to listen');
  }
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
