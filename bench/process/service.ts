import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';

import { freePort } from '../broker/free-port.js';

const PROGRAM = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const READY_TIMEOUT_MS = 60_000;
const POLL_EVERY_MS = 20;

/** The whole service, in a process of its own. */
export class Service {
  private readonly agent = new Agent({ keepAlive: true });

  private constructor(
    private readonly process: ChildProcess,
    private readonly port: number,
  ) {}

  /** Starts it, and resolves once it is ready. */
  static async start(connectionString: string, environment: Record<string, string>): Promise<Service> {
    const port = await freePort();
    const child = spawn(process.execPath, [PROGRAM], {
      stdio: ['ignore', 'ignore', process.stderr],
      env: {
        PATH: process.env['PATH'],
        PORT: String(port),
        SB_CONNECTION: connectionString,
        LOG_LEVEL: 'warn',
        ...environment,
      },
    });
    const service = new Service(child, port);
    try {
      await service.ready();
    } catch (error) {
      await service.close();
      throw error;
    }
    return service;
  }

  /** Posts a text; rejects unless it is accepted. */
  async post(path: string, text: string): Promise<void> {
    const status = await this.ask('POST', path, text);
    if (status !== 200) throw new Error(`POST ${path}: ${status}`);
  }

  async close(): Promise<void> {
    this.agent.destroy();
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await ended;
  }

  private async ready(): Promise<void> {
    const deadlineMs = performance.now() + READY_TIMEOUT_MS;
    while (performance.now() < deadlineMs && this.process.exitCode === null) {
      if ((await this.ask('GET', '/health/ready').catch(() => 0)) === 200) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_EVERY_MS));
    }
    throw new Error('the service was not ready in time');
  }

  private ask(method: string, path: string, text = ''): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(text) };
      const asked = request(
        { host: '127.0.0.1', port: this.port, method, path, headers, agent: this.agent },
        (response) => {
          response.resume();
          response.on('end', () => resolve(response.statusCode));
        },
      );
      asked.on('error', reject);
      asked.end(text);
    });
  }
}
